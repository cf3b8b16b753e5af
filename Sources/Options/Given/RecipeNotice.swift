import Configuration
import Recipes

/// What to tell of the recipe where the networks come from `--architecture FILE`.
extension GivenOptions {
  /// What to tell of a new run whose file has no recipe, or a part of one: the values that are defaults, and that the
  /// preset has otherwise from which the file came. The networks' name tells the preset.
  /// - Parameters:
  ///   - options: the run's options, as these given ones were resolved.
  ///   - takesConfig: whether the command has `--config`, which the sentence then names.
  /// - Returns: one sentence; nil: there is no file, its preset is not known, or no value differs.
  package func recipeNotice(ofNewRun options: RunOptions, takesConfig: Bool = true) -> String? {
    guard let file = architectureFile,
      let preset = Preset.all.first(where: { $0.name == file.architecture.name })
    else { return nil }
    let set = overrides.compactMap { try? ValueOverride($0) }.filter { !$0.isOfArchitecture }
      .map { $0.path.map(\.inSnakeCase).joined(separator: ".") }
    let differing = options.recipe.configuration.differences(from: preset.recipe.configuration).filter {
      let path = $0.path
      // What the file, another file or a flag says is no default.
      return !file.recipeValues.holds(path) && !recipe.holds(path)
        && !set.contains { $0 == path || path.hasPrefix($0 + ".") || $0.hasPrefix(path + ".") }
        && (length.isEmpty || !Self.lengthOfRecipe.contains(path))
    }
    guard !differing.isEmpty else { return nil }
    let name = preset.name
    let lack =
      file.recipe == nil
      ? "no recipe, so the default one is used" : "only a part of a recipe, and the rest is the default one's"
    let way =
      takesConfig && file.recipe == nil
      ? "print it by 'dcgan-dist presets \(name) --json > \(name).json' and add --config \(name).json"
      : "copy these values from what 'dcgan-dist presets \(name) --json' prints"
    return
      "\(file.path) has \(lack), which differs from \(name)'s in "
      + "\(differing.map { $0.words(other: name) }.joined(separator: ", ")); to use \(name)'s, \(way)"
  }

  /// What to tell of a run that goes on, which keeps its own recipe: the values that the file has otherwise.
  /// - Parameter options: the run's options.
  /// - Returns: one sentence; nil: there is no file, it has no recipe, or no value differs.
  package func recipeNotice(ofResumed options: RunOptions) -> String? {
    guard let file = architectureFile, let recipe = file.recipe else { return nil }
    let differing = options.recipe.configuration.differences(from: recipe.configuration).filter {
      file.recipeValues.holds($0.path) && !Self.lengthOfRecipe.contains($0.path)
    }
    guard !differing.isEmpty else { return nil }
    return
      "the run keeps its own recipe, which differs from that of \(file.path) in "
      + "\(differing.map { $0.words(other: file.path) }.joined(separator: ", ")); --change changes a value from here on"
  }

  private static let lengthOfRecipe = ["epochs", "steps"]
}

extension ConfigurationValue.Difference {
  /// "batch_size 128 (slim64: 8)"; lists and objects by their path alone.
  fileprivate func words(other name: String) -> String {
    for value in [own, other] {
      if case .array = value { return path }
      if case .object = value { return path }
    }
    return "\(path) \(own.asTyped) (\(name): \(other.asTyped))"
  }
}

extension ConfigurationValue {
  /// Whether there is a value at a path of keys, null included.
  fileprivate func holds(_ path: String) -> Bool {
    path.split(separator: ".").reduce(self as ConfigurationValue?) { $0?[String($1)] } != nil
  }
}
