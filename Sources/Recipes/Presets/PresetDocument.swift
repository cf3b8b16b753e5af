import Configuration
import Networks

extension Preset {
  /// The document that `presets NAME --json` prints: seed, intervals, outputs, recipe and networks. Both
  /// `--architecture` and `--config` can read it.
  /// - Parameter architecture: the networks, as the preset built them.
  package func document(_ architecture: Architecture) -> ConfigurationValue {
    .object(
      [.init("seed", .integer(Int(seed)))] + intervals.configuration + outputs.configuration + [
        .init("recipe", recipe.configuration), .init("architecture", architecture.configuration),
      ])
  }
}
