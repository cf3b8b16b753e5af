import Configuration
import Networks

extension Preset {
  /// What `presets NAME --json` prints: the networks, the recipe, the seed, the intervals and the outputs, in keys that
  /// `--architecture` and `--config` both take.
  package func document(_ architecture: Architecture) -> ConfigurationValue {
    .object(
      [
        .init("seed", .integer(Int(seed))), .init("sample_every", intervals.sample.configuration),
        .init("checkpoint_every", intervals.checkpoint.configuration),
        .init("log_every", intervals.log.configuration),
      ] + outputs.configuration + [
        .init("recipe", recipe.configuration), .init("architecture", architecture.configuration),
      ])
  }
}
