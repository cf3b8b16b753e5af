import Configuration
import Networks

extension Preset {
  /// What `presets NAME --json` prints: the networks, the recipe, the seed, the intervals and the outputs, in keys that
  /// `--architecture` and `--config` both take.
  package func document(_ architecture: Architecture) -> ConfigurationValue {
    .object(
      [.init("seed", .integer(Int(seed)))] + intervals.configuration + outputs.configuration + [
        .init("recipe", recipe.configuration), .init("architecture", architecture.configuration),
      ])
  }
}
