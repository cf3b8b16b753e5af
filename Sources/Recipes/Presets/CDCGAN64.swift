import Networks

extension ArchitecturePreset {
  /// The networks of dcgan64 with conditions: each group's one-hot vector is joined to z, and joined to D's picture as
  /// constant planes. The classes come from the data.
  package static let cdcgan64 = ArchitecturePreset(
    name: "cdcgan64",
    summary:
      "dcgan64 with conditions: the classes of labelled data, such as hair x eyes, joined to z and to D's picture",
    size: 64, sizes: .powersOfTwo(16...2_048), channels: 3, channelChoices: [1, 3], takesWidth: true,
    latent: 100, groups: []
  ) { shape in
    var architecture = try dcgan64.build(shape)
    architecture.name = "cdcgan64"
    architecture.conditions = Conditions(groups: shape.groups)
    return architecture
  }
}

extension Preset {
  /// The same training for the networks with conditions; the fakes have the labels of the step's reals.
  package static let cdcgan64 = Preset(
    architecture: .cdcgan64, recipe: Recipe(), intervals: OutputIntervals())
}
