import Configuration
import Networks
import Recipes

/// What a person gave of a run's options, by flags or by a file; nil is not given.
///
/// Groups of options, each a table (`OptionsGroup.all`). A new option is a property of its group with a line in the
/// group's `keys`, and, where it is a flag too, an `@Option` of the same name with its help.
@dynamicMemberLookup
package struct GivenOptions: Equatable, Sendable {
  /// Which networks, and of what shape.
  package var network = Given<NetworkSettings>()
  /// What it is trained on, and how that is held.
  package var dataSettings = Given<DataSettings>()
  /// What decides its numbers beside networks and recipe.
  package var numbers = Given<NumberSettings>()
  /// Where it runs, and where it is kept.
  package var place = Given<PlaceSettings>()
  /// How the ranks work together, as far as it changes no number.
  package var rankSettings = Given<RankSettings>()
  /// When it ends.
  package var length = Given<RunLength>()
  /// What is written how often.
  package var intervals = Given<OutputIntervals>()
  /// What is written and told for people to look at.
  package var outputSettings = Given<OutputSettings>()
  /// What is done where the training seems to fail.
  package var failureSettings = Given<FailureSettings>()
  /// `--architecture FILE`, read.
  package var architecture: Architecture?
  /// Values of the recipe, in its JSON form, those that are given only.
  package var recipe = ConfigurationValue.object([])
  /// `--set path=value`, in order.
  package var overrides: [String] = []

  /// Creates options of which nothing is given.
  package init() {}

  /// Gives one option by its key; nil gives nothing.
  /// - Returns: whether there is such an option.
  /// - Throws: `ConfigurationError` where the value is not of its type.
  package mutating func give(_ key: String, _ value: ConfigurationValue?) throws -> Bool {
    if let flag = RecipeFlag.all.first(where: { $0.name == key }) {
      if let value { recipe = recipe.merging(flag.recipe(value)) }
      return true
    }
    guard let group = OptionsGroup.all.first(where: { $0.keys.contains(key) }) else { return false }
    guard let value else { return true }
    return try group.give(key, value, &self)
  }

  /// Checks the numbers that stand for themselves.
  /// - Parameter name: what a key (`batch_size`) is called where it was given (`--batch-size`).
  /// - Throws: `ConfigurationError`.
  package func validate(named name: (String) -> String = GivenOptions.flagName) throws {
    for flag in RecipeFlag.all { try flag.validate(recipe, named: name) }
    for group in OptionsGroup.all { try group.validate(self, name) }
  }

  /// The flag of a key of `options.json`: `--batch-size` of `batch_size`.
  package static func flagName(_ key: String) -> String {
    "--" + key.map { $0 == "_" ? "-" : String($0) }.joined()
  }

  /// These options with those that `stronger` gives put over them.
  ///
  /// A length given by `stronger` replaces the whole length; a network given by it replaces the network. A
  /// `--size` over a file's architecture rebuilds the preset that the file names beside it.
  /// - Throws: `ConfigurationError` if a size, width or channel count is given over a network of the user's
  ///   own.
  package func overridden(by stronger: GivenOptions) throws -> GivenOptions {
    var merged = self
    if stronger.architecture != nil {
      merged.network = .init()
      merged.architecture = stronger.architecture
    } else if let architecture, let (key, value) = stronger.network.shape.first {
      guard self.preset ?? stronger.preset != nil else {
        throw ConfigurationError(
          "\(Self.flagName(key)) \(value.asTyped) is given, but the networks come from the architecture "
            + "\"\(architecture.name)\", whose file alone says their shape")
      }
      merged.architecture = nil
    }
    for group in OptionsGroup.all { group.override(stronger, &merged) }
    merged.recipe = recipe.merging(stronger.recipe)
    merged.overrides += stronger.overrides
    return merged
  }
}

extension GivenOptions {
  // Options whose names tell enough are taken from their groups.

  package subscript<Value>(dynamicMember path: WritableKeyPath<NetworkSettings, Value>) -> Value? {
    get { network[dynamicMember: path] }
    set { network[dynamicMember: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<NetworkSettings, Value?>) -> Value? {
    get { network[dynamicMember: path] }
    set { network[dynamicMember: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<DataSettings, Value>) -> Value? {
    get { dataSettings[dynamicMember: path] }
    set { dataSettings[dynamicMember: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<DataSettings, Value?>) -> Value? {
    get { dataSettings[dynamicMember: path] }
    set { dataSettings[dynamicMember: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<NumberSettings, Value>) -> Value? {
    get { numbers[dynamicMember: path] }
    set { numbers[dynamicMember: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<PlaceSettings, Value>) -> Value? {
    get { place[dynamicMember: path] }
    set { place[dynamicMember: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<PlaceSettings, Value?>) -> Value? {
    get { place[dynamicMember: path] }
    set { place[dynamicMember: path] = newValue }
  }
}

extension Given<NetworkSettings> {
  /// What is given of the networks' shape, by its key.
  fileprivate var shape: [(key: String, value: ConfigurationValue)] {
    given.filter { NetworkSettings.shapeKeys.contains($0.key) }
  }
}

extension ConfigurationValue {
  /// The value as it is typed behind a flag.
  var asTyped: String {
    if case .string(let text) = self { return text }
    return self == .null ? "none" : inWords
  }
}
