import Configuration
import Networks
import Recipes

/// What `--architecture FILE` holds. The file stands in a preset's place: it says the networks and, where it has a
/// recipe, how they are trained.
///
/// Two forms are read: what `presets --json` prints, with `architecture` and `recipe` among the options of a run;
/// and the networks alone as the outermost object, with or without `recipe` beside their keys.
package struct ArchitectureFile: Equatable, Sendable {
  /// The file's path, as it was typed.
  package let path: String
  /// The networks.
  package let architecture: Architecture
  /// The values of the recipe that the file has, in the recipe's JSON form; an empty object: it has no recipe.
  let recipeValues: ConfigurationValue
  /// The recipe, with defaults for values that the file leaves out; nil: it has no recipe.
  package let recipe: Recipe?
  private var seed: UInt64?
  private var intervals = Given<OutputIntervals>()
  private var outputs = Given<OutputSettings>()

  /// Reads the contents of a file strictly. Options that no preset has, such as `data`, are checked and left out.
  /// - Throws: `ConfigurationError`.
  init(configuration value: ConfigurationValue, path: String) throws {
    self.path = path
    if value["architecture"] != nil {
      let options = try GivenOptions(configuration: value)
      architecture =
        try options.architecture
        ?? Architecture(configuration: .null, path: "architecture")
      recipeValues = options.recipe
      seed = options.seed
      intervals = options.intervals
      outputs = options.outputSettings
    } else {
      architecture = try Architecture(configuration: value.without("recipe"))
      try architecture.validate()
      recipeValues = try (value["recipe"] ?? .null).withSnakeCaseKeys()
    }
    let isThere = recipeValues != .null && recipeValues != .object([])
    recipe = isThere ? try Recipe(configuration: recipeValues, path: "recipe") : nil
  }

  /// A preset in whose place the file stands: its recipe, intervals, outputs and seed are replaced by those that the
  /// file has.
  func replacing(_ preset: Preset) -> Preset {
    var own = preset
    if let recipe { own.recipe = recipe }
    own.intervals = intervals.applied(to: own.intervals)
    own.outputs = outputs.applied(to: own.outputs)
    if let seed { own.seed = seed }
    return own
  }

  /// `error`, which tells that a run's recipe does not fit its networks, with the file's name where the file's own
  /// recipe does not fit them either.
  func naming(_ error: ConfigurationError, networks: Architecture) -> ConfigurationError {
    do {
      try recipe?.validate(for: networks)
      return error
    } catch {
      return ConfigurationError("\(path): \(error)")
    }
  }
}
