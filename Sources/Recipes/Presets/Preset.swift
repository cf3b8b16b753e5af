import Configuration

/// A reference system as a value: its networks, how they are trained, and its outputs.
///
/// Each stands in a file of this folder; `all` lists them.
package struct Preset: Sendable {
  /// Builds both networks.
  package let architecture: ArchitecturePreset
  /// How they are trained.
  package var recipe: Recipe
  /// How often a run writes its outputs.
  package var intervals: OutputIntervals
  /// The outputs that people look at.
  package var outputs = OutputSettings()
  /// The default seed.
  package var seed: UInt64 = 1

  /// The name for `--preset`.
  package var name: String { architecture.name }

  /// Every known preset, in the order in which they are listed.
  package static let all: [Preset] = [
    .dcgan64, .cdcgan64, .paper64, .torch96, .slim64, .keras64, .cgan28, .infogan28, .vanilla,
  ]

  /// The preset of this name.
  /// - Throws: `ConfigurationError` that names the nearest presets.
  package static func named(_ name: String) throws -> Preset {
    let architecture = try ArchitecturePreset.named(name)
    guard let preset = all.first(where: { $0.name == architecture.name }) else {
      throw ConfigurationError("the preset \"\(name)\" has no recipe")
    }
    return preset
  }
}
