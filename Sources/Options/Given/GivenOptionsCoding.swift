import Configuration
import Networks
import Recipes

extension GivenOptions {
  /// The number of the format of `options.json`. Format 1 has no number, and camelCase keys in recipe and networks.
  static let formatVersion = 2

  /// The keys of `options.json`.
  static let recordedKeys =
    ["format_version", "program"] + OptionsGroup.all.flatMap(\.keys) + ["changes", "recipe", "architecture"]
  /// The keys that flags have.
  static let optionKeys = OptionsGroup.all.flatMap(\.keys) + recipeKeys
  /// Keys that a person's own file may also have: those of flags for a value of the recipe.
  static let recipeKeys = RecipeFlag.all.map(\.name)

  /// Reads the object of a `--config` file, with the keys of `options.json` and of recipe flags (Note [Casing
  /// of keys]).
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String = "") throws {
    let reader = try ConfigurationReader(
      configuration, path: path, known: Self.recordedKeys + Self.recipeKeys)
    let version = try reader.integerIfPresent("format_version", in: 1...Int.max) ?? 1
    guard version <= Self.formatVersion else {
      throw ConfigurationError(
        "these options are of format \(version), and this program reads formats up to \(Self.formatVersion)")
    }
    for group in OptionsGroup.all { try group.read(reader, &self) }
    if let value = reader.value("architecture") {
      let architecture = try Architecture(configuration: value, path: reader.path(of: "architecture"))
      try architecture.validate()
      self.architecture = architecture
    }
    if let value = reader.value("recipe") {
      // Read as a whole recipe over the default, so that a wrong key or value is reported here, with the
      // file's name.
      recipe = try value.withSnakeCaseKeys()
      _ = try Recipe(configuration: Recipe().configuration.merging(recipe), path: reader.path(of: "recipe"))
    }
    for flag in RecipeFlag.all {
      if let value = try flag.read(reader, flag.name) { recipe = recipe.merging(flag.recipe(value)) }
    }
    try validate(named: reader.path(of:))
    _ = try Recipe(configuration: Recipe().configuration.merging(recipe), path: reader.path(of: "recipe"))
    try checkShape()
  }

  /// Checks that `size` and `channels` beside an architecture agree with it.
  private func checkShape() throws {
    guard let architecture else { return }
    for (key, given, own) in [
      ("size", self.size, architecture.size), ("channels", self.channels, architecture.channels),
    ] {
      guard let given, given != own else { continue }
      throw ConfigurationError(
        "\(key) is \(given), but the architecture beside it has \(own); change the architecture, or leave it out "
          + "to have the preset built for that \(key)")
    }
  }
}
