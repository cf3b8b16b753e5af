import Configuration

/// A reference system as a value: its networks, how they are trained, and what it writes how often.
///
/// Each is one file here, and `all` lists them.
package struct Preset: Sendable {
  /// Builds the two networks.
  package let architecture: ArchitecturePreset
  /// Trains them.
  package let recipe: Recipe
  /// What it writes how often.
  package let intervals: OutputIntervals
  /// What it writes and tells for people to look at.
  package var outputs = OutputSettings()
  /// The key of every random number, where no other is given.
  package var seed: UInt64 = 1

  /// What `--preset` calls it.
  package var name: String { architecture.name }

  /// Every known preset, in the order in which they are listed.
  package static let all: [Preset] = [
    .dcgan64, .cdcgan64, .paper64, .torch96, .slim64, .keras64, .cgan28, .infogan28, .vanilla,
  ]

  /// The preset that is called `name`.
  /// - Throws: `ConfigurationError` that gives the nearest names.
  package static func named(_ name: String) throws -> Preset {
    let architecture = try ArchitecturePreset.named(name)
    guard let preset = all.first(where: { $0.name == architecture.name }) else {
      throw ConfigurationError("the preset \"\(name)\" has no recipe")
    }
    return preset
  }
}
