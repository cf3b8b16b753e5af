import Configuration
import Recipes
import Wording

extension RunOptions {
  /// The parts of a recipe that may change within a run: no shape follows from them, and no state that is saved.
  static let changeable = [
    "discriminator", "generator", "loss", "conditions", "augmentation", "instance_noise", "generator_average",
    "batch_size", "sampling", "schedule",
  ]

  /// These options with values of the recipe, or the data, changed.
  /// - Parameters:
  ///   - arguments: `lr-d=5e-5`, a flag's name; `loss.smoothing.amount=0.1`, a path; or `data=FOLDER`. A value that is so
  ///     already changes nothing, so that a line may be typed again.
  ///   - step: steps made so far.
  ///   - reached: how far through the data that is; called where a change ends a pass.
  ///   - folder: what a relative path of data starts from.
  ///   - labels: the source of labels that was given with new data; nil: none was.
  /// - Throws: `ConfigurationError` for a value that may not change, or that cannot be; what `reached` throws.
  package func changed(
    _ arguments: [String], atStep step: Int, relativeTo folder: String, labels: String? = nil,
    reached: () throws -> RunChange.Reached
  ) throws -> RunOptions {
    var options = self
    for argument in arguments {
      if argument.hasPrefix(RunChange.data + "=") {
        let path = String(argument.dropFirst(RunChange.data.count + 1))
        guard !path.isEmpty else {
          throw ConfigurationError("--change data names no folder or file after \"=\"")
        }
        let (old, new) = (options.data, OptionsResolution.dataPath(path, relativeTo: folder) ?? path)
        guard old != new else { continue }
        options.data = new
        options.changes.append(
          RunChange(
            step: step, path: RunChange.data, old: .string(old), new: .string(new), reached: try reached()))
        if let labels, labels != options.labels {
          let former = options.labels.map(ConfigurationValue.string) ?? .null
          options.labels = labels
          options.changes.append(
            RunChange(step: step, path: RunChange.labels, old: former, new: .string(labels)))
        }
        continue
      }
      for one in try Self.overrides(argument) { try options.change(one, atStep: step, reached: reached) }
    }
    for flag in RecipeFlag.all {
      try flag.validate(options.recipe.configuration) { _ in "--change \(flag.typed)" }
    }
    try options.recipe.validate(for: options.architecture)
    guard options.batchSize >= options.ranks else {
      throw ConfigurationError(
        "--change batch-size: a global batch of \(options.batchSize) is smaller than \(options.ranks) ranks, and each "
          + "needs at least one picture")
    }
    return options
  }

  /// Changes one value of the recipe.
  private mutating func change(
    _ one: ValueOverride, atStep step: Int, reached: () throws -> RunChange.Reached
  ) throws {
    guard let root = one.path.first?.inSnakeCase, Self.changeable.contains(root) else {
      let known = recipe.configuration.value(at: one.path[0]) != .null || one.isOfArchitecture
      guard known || GivenOptions.optionKeys.contains(one.path[0].inSnakeCase) else {
        let names = RecipeFlag.all.map(\.typed) + Self.changeable + [RunChange.data]
        throw ConfigurationError(
          "--change \(one.text): there is no such value; \(suggestion(for: one.text, in: names))")
      }
      throw ConfigurationError(
        "--change \(one.text): within a run only data and \(listed(Self.changeable, with: "and")) of the recipe may "
          + "change; shapes and what is saved follow from the rest. Begin a new run with these weights by --from"
      )
    }
    let before = recipe.configuration
    let after = try Recipe(configuration: one.applied(to: before))
    guard before.isReachedByKeys(one.path) else {
      throw ConfigurationError(
        "--change \(one.text): a list changes as a whole, as augmentation=[color,cutout]")
    }
    let (old, new) = (before.value(at: one.path), after.configuration.value(at: one.path))
    guard old != new else { return }
    guard (recipe.generatorAverage > 0) == (after.generatorAverage > 0) else {
      throw ConfigurationError(
        "--change generator_average: an average of G cannot begin or end within a run, as checkpoints hold it or not"
      )
    }
    recipe = after
    let place = RunChange.endsPass(root) ? try reached() : nil
    changes.append(
      RunChange(step: step, path: one.path.joined(separator: "."), old: old, new: new, reached: place))
  }

  /// These options without the changes for which `isUndone` is true, the newest first.
  /// - Throws: `ConfigurationError` where a recorded change does not fit the recipe.
  package func undoing(_ isUndone: (RunChange) -> Bool) throws -> RunOptions {
    var options = self
    for change in changes.reversed() where isUndone(change) { try options.undo(change) }
    options.changes.removeAll(where: isUndone)
    return options
  }

  /// Sets the value of a change to what it was before.
  private mutating func undo(_ change: RunChange) throws {
    switch (change.path, change.old) {
    case (RunChange.data, .string(let path)): self.data = path
    case (RunChange.labels, .string(let path)): self.labels = path
    case (RunChange.labels, .null): self.labels = nil
    case (RunChange.data, _), (RunChange.labels, _):
      throw ConfigurationError("a change of \(change.path) must have a path as its old value")
    default: recipe = try recipe(with: change.old, at: change.path)
    }
  }

  private func recipe(with value: ConfigurationValue, at path: String) throws -> Recipe {
    let keys = path.split(separator: ".").map(String.init)
    return try Recipe(configuration: recipe.configuration.replacing(keys[...], with: value))
  }

  /// Checks that the list of changes leads to the recipe, step by step.
  /// - Throws: `ConfigurationError` where it does not: the file was edited.
  func validateChanges() throws {
    var options = self
    for (place, change) in changes.enumerated().reversed() {
      func wrong(_ what: String) -> ConfigurationError {
        ConfigurationError(
          "changes.\(place) \(what): the file was edited, or is another run's; put the value back")
      }
      if place > 0, changes[place - 1].step > change.step {
        throw wrong("is of an earlier step than the one before")
      }
      if change.path != RunChange.data, change.path != RunChange.labels {
        let keys = change.path.split(separator: ".").map(String.init)
        guard !keys.isEmpty, recipe.configuration.isReachedByKeys(keys) else {
          throw wrong("changes \"\(change.path)\", which the recipe has not")
        }
        guard let after = try? options.recipe(with: change.new, at: change.path), after == options.recipe
        else {
          throw wrong(
            "sets \(change.path) to \(change.new.inWords), and it is "
              + options.recipe.configuration.value(at: change.path).inWords)
        }
      }
      try options.undo(change)
    }
  }

  /// What `key=value` of `--change` overrides; a flag may stand for a value of both networks.
  private static func overrides(_ argument: String) throws -> [ValueOverride] {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      throw ConfigurationError(
        "--change takes key=value, for example lr-d=5e-5 or loss.smoothing.amount=0.1, and was given \"\(argument)\""
      )
    }
    let (key, value) = (String(argument[..<equals]), argument[equals...])
    guard let flag = RecipeFlag.all.first(where: { $0.name == key.inSnakeCase }) else {
      return [try ValueOverride(key.replacing("-", with: "_") + value, of: "--change")]
    }
    return try flag.paths.map { try ValueOverride($0.joined(separator: ".") + value, of: "--change") }
  }
}

extension ConfigurationValue {
  /// Whether a path leads through objects alone to one of their members.
  fileprivate func isReachedByKeys(_ path: [String]) -> Bool {
    guard let key = path.first else { return true }
    guard case .object = self, let member = self[key.inSnakeCase] else { return false }
    return member.isReachedByKeys(Array(path.dropFirst()))
  }

  /// The value at a path of an object, as `loss.kind`; null where there is none.
  func value(at path: String) -> ConfigurationValue {
    value(at: path.split(separator: ".").map(String.init))
  }

  /// The value at a path of an object; null where there is none.
  fileprivate func value(at path: [String]) -> ConfigurationValue {
    path.reduce(self as ConfigurationValue?) { $0?[$1.inSnakeCase] } ?? .null
  }

  /// This object with the value at a path replaced; a path that is not there changes nothing.
  fileprivate func replacing(_ path: ArraySlice<String>, with value: ConfigurationValue) -> ConfigurationValue
  {
    guard let key = path.first else { return value }
    guard case .object(let members) = self else { return self }
    return .object(
      members.map { $0.key == key ? .init(key, $0.value.replacing(path.dropFirst(), with: value)) : $0 })
  }
}
