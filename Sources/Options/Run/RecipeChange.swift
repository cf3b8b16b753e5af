import Configuration
import Recipes
import Wording

/// A value of the recipe that a resume changed (`train --resume RUN --change lr-d=5e-5`).
///
/// A run is a function of its data, its options and the list of its changes: each holds from the step after `step` on, on
/// any number of ranks and through later resumes.
package struct RecipeChange: Equatable, Sendable {
  /// Steps that the run had made when it was changed.
  package let step: Int
  /// Where the value stands in the recipe: `discriminator.learning_rate`.
  package let path: String
  /// The value before.
  package let old: ConfigurationValue
  /// The value from then on.
  package let new: ConfigurationValue

  /// The change as a sentence's part: `discriminator.learning_rate from 0.0002 to 5e-05`.
  package var words: String { "\(path) from \(old.onOneLine) to \(new.onOneLine)" }

  /// The words that make the change again.
  package var flag: String {
    "--change \(RecipeFlag.name(ofPath: path) ?? path)=\(new.onOneLine)"
  }
}

extension RecipeChange: ConfigurationConvertible {
  /// Reads a recorded change strictly.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path place: String) throws {
    let reader = try ConfigurationReader(configuration, path: place, known: ["step", "key", "old", "new"])
    step = try reader.integer("step", in: 0...Int(UInt32.max))
    path = try reader.string("key")
    old = reader.value("old") ?? .null
    new = reader.value("new") ?? .null
  }

  /// The change as it stands in `options.json`.
  package var configuration: ConfigurationValue {
    .object([
      .init("step", .integer(step)), .init("key", .string(path)), .init("old", old), .init("new", new),
    ])
  }
}

extension RunOptions {
  /// The parts of a recipe that may change within a run: neither shapes nor the order of the data follow from them.
  static let changeable = [
    "discriminator", "generator", "loss", "conditions", "augmentation", "instance_noise", "generator_average",
  ]

  /// These options with values of the recipe changed.
  /// - Parameters:
  ///   - arguments: `lr-d=5e-5`, a flag's name, or `loss.smoothing.amount=0.1`, a path. A value that is so already
  ///     changes nothing, so that a line may be typed again.
  ///   - step: steps made so far.
  /// - Throws: `ConfigurationError` for a value that may not change, or that cannot be.
  package func changed(_ arguments: [String], atStep step: Int) throws -> RunOptions {
    var options = self
    for argument in arguments {
      for one in try Self.overrides(argument) {
        guard let root = one.path.first, Self.changeable.contains(root) else {
          throw ConfigurationError(
            "--change \(one.text): within a run only \(listed(Self.changeable, with: "and")) of the recipe may change; shapes and the "
              + "order of the data follow from the rest. Begin a new run with these weights by --from")
        }
        let before = options.recipe.configuration
        let after = try Recipe(configuration: one.applied(to: before))
        guard before.isReachedByKeys(one.path) else {
          throw ConfigurationError(
            "--change \(one.text): a list changes as a whole, as augmentation=[color,cutout]")
        }
        let (old, new) = (before.value(at: one.path), after.configuration.value(at: one.path))
        guard old != new else { continue }
        guard (options.recipe.generatorAverage > 0) == (after.generatorAverage > 0) else {
          throw ConfigurationError(
            "--change generator_average: an average of G cannot begin or end within a run, as checkpoints hold it or not"
          )
        }
        options.recipe = after
        options.changes.append(
          RecipeChange(step: step, path: one.path.joined(separator: "."), old: old, new: new))
      }
    }
    for flag in RecipeFlag.all {
      try flag.validate(options.recipe.configuration) { _ in "--change \(flag.typed)" }
    }
    try options.recipe.validate(for: options.architecture)
    return options
  }

  /// These options without the changes for which `isUndone` is true, the newest first.
  /// - Throws: `ConfigurationError` where a recorded change does not fit the recipe.
  package func undoing(_ isUndone: (RecipeChange) -> Bool) throws -> RunOptions {
    var options = self
    for change in changes.reversed() where isUndone(change) {
      let keys = change.path.split(separator: ".").map(String.init)
      options.recipe = try Recipe(
        configuration: options.recipe.configuration.replacing(keys[...], with: change.old))
    }
    options.changes.removeAll(where: isUndone)
    return options
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
      return [try ValueOverride(key.inSnakeCase + value)]
    }
    return try flag.paths.map { try ValueOverride($0.joined(separator: ".") + value) }
  }
}

extension ConfigurationValue {
  /// The value as it is typed behind a key.
  fileprivate var onOneLine: String {
    if case .string(let text) = self { return text }
    return json(width: .max)
  }

  /// Whether a path leads through objects alone to one of their members.
  fileprivate func isReachedByKeys(_ path: [String]) -> Bool {
    guard let key = path.first else { return true }
    guard case .object = self, let member = self[key.inSnakeCase] else { return false }
    return member.isReachedByKeys(Array(path.dropFirst()))
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
