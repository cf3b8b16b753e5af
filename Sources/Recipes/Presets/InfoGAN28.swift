import Networks
import Objectives

extension ArchitecturePreset {
  /// The networks of cgan28 with codes in place of labels (InfoGAN, Chen et al. 2016): one code of ten values and two
  /// real numbers, which a head of D, Q, infers from the picture.
  package static let infogan28 = ArchitecturePreset(
    name: "infogan28",
    summary:
      "InfoGAN on cgan28's networks: a code of ten values and two numbers, found again by Q; z 62 ~ U[-1, 1)",
    size: 28, sizes: .only(28), channels: 1, channelChoices: [1, 3], takesWidth: true, latent: 62
  ) { shape in
    let discriminator = try mnistDiscriminator(shape)
    let codes = Codes(categorical: [10], uniform: 2)
    return Architecture(
      name: "infogan28", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: try mnistGenerator(shape), discriminator: discriminator, codes: codes,
      q: Head(
        // After all layers but the flattening and D's last layer.
        after: discriminator.count - 2,
        layers: [
          .dense(.init(outFeatures: try shape.scaled(128), weightInitializer: .glorotUniform)), mnistNorm,
          .leakyReLU(slope: 0.1),
          .dense(.init(outFeatures: codes.size, weightInitializer: .glorotUniform)),
        ]))
  }
}

extension Preset {
  /// InfoGAN's training on the same networks: the learning rate of Q and G is five times that of D (Chen et al. 2016,
  /// appendix C.1); no labels are used. Batches and length are those of cgan28. A sheet has three rows for each of the
  /// three codes, and ten columns, one for each value of the first code.
  package static let infogan28 = Preset(
    architecture: .infogan28,
    recipe: Recipe(
      discriminator: AdamSettings(form: .tensorflow),
      generator: AdamSettings(learningRate: 1e-3, form: .tensorflow), latent: .uniform, batchSize: 100,
      epochs: nil, steps: 60_000),
    intervals: OutputIntervals(sample: .steps(1_000), checkpoint: .steps(1_000), log: .steps(100)),
    outputs: OutputSettings(grid: PictureGrid(columns: 10, rows: 9), padding: 1, paddingGrey: 0.5))
}
