import Configuration

extension RunOptions {
  /// The document that `presets --json` prints: what a preset says, which are seed, intervals, outputs, recipe and
  /// networks. `--architecture` and `--config` take it back.
  package var presetDocument: ConfigurationValue {
    .object(
      [.init("seed", .integer(Int(self.seed)))] + intervals.configuration + outputSettings.configuration + [
        .init("recipe", recipe.configuration), .init("architecture", architecture.configuration),
      ])
  }
}
