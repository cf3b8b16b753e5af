import Networks
import Recipes
import Tensors

/// What a file of twins is of: a preset at width 4 with z of 8, and what is changed in it.
struct TwinSystem {
  static let batch = 4
  static let latent = 8
  let architecture: Architecture
  let recipe: Recipe

  /// Hair of three classes and eyes of two.
  private static let groups = [
    LabelGroup(name: "hair", classes: ["black", "blonde", "red"]),
    LabelGroup(name: "eyes", classes: ["blue", "brown"]),
  ]

  /// The system of `NAME.safetensors`.
  init(_ name: String) throws {
    let title = name == "acgan16" ? "dcgan64" : name.split(separator: "-").first.map(String.init) ?? name
    let preset = try Preset.named(title)
    var recipe = preset.recipe
    recipe.batchSize = Self.batch
    func networks(size: Int? = nil) throws -> Architecture {
      try preset.architecture.architecture(
        size: size, width: 4, latent: Self.latent, groups: title == "cdcgan64" ? Self.groups : nil)
    }
    switch name {
    case "acgan16": architecture = try networks(size: 16).classifying(Self.groups)
    default: architecture = try networks()
    }
    switch name {
    case "cgan28-wrong": recipe.conditions.wrongLabels = true
    case "cgan28-mixed": recipe.conditions.interpolation = 1
    default: break
    }
    self.recipe = recipe
  }
}
