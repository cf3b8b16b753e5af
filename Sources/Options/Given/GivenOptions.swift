import Configuration
import Networks
import Recipes

/// The options of a run that a person gave, by flags or by a file; nil: not given.
///
/// Options stand in groups, each with a table of its keys (`OptionsGroup.all`). A new option is a property of
/// its group with a line in the group's `keys`. If it is a flag too, it needs an `@Option` of the same name,
/// with its help.
@dynamicMemberLookup
package struct GivenOptions: Equatable, Sendable {
  /// Which networks, and of what shape.
  package var network = Given<NetworkSettings>()
  /// The data, and how it is held in memory.
  package var dataSettings = Given<DataSettings>()
  /// What decides the run's numbers beside networks and recipe.
  package var numbers = Given<NumberSettings>()
  /// Where the run runs, and in which folder it is kept.
  package var place = Given<PlaceSettings>()
  /// How the ranks work together, as far as it changes no number.
  package var rankSettings = Given<RankSettings>()
  /// When the run ends.
  package var length = Given<RunLength>()
  /// How often files and lines are written.
  package var intervals = Given<OutputIntervals>()
  /// What is written and told for people to look at.
  package var outputSettings = Given<OutputSettings>()
  /// What is done where the training seems to fail.
  package var failureSettings = Given<FailureSettings>()
  /// The networks, of `--architecture FILE` or else of a `--config` file; nil: not given.
  package var architecture: Architecture?
  /// What `--architecture FILE` holds, in a preset's place; nil: not given.
  package var architectureFile: ArchitectureFile?
  /// The values of the recipe that are given, in its JSON form.
  package var recipe = ConfigurationValue.object([])
  /// `--set path=value`, in order.
  package var overrides: [String] = []

  /// Creates options of which nothing is given.
  package init() {}

  /// Sets one option by its key; a nil value sets nothing.
  /// - Returns: whether there is an option of this key.
  /// - Throws: `ConfigurationError` where the value is not of the option's type.
  package mutating func give(_ key: String, _ value: ConfigurationValue?) throws -> Bool {
    if let flag = RecipeFlag.all.first(where: { $0.name == key }) {
      if let value { recipe = recipe.merging(flag.recipe(value)) }
      return true
    }
    guard let group = OptionsGroup.all.first(where: { $0.keys.contains(key) }) else { return false }
    guard let value else { return true }
    return try group.give(key, value, &self)
  }

  /// Checks each option that can be checked without the others.
  /// - Parameter name: gives the name that a key (`batch_size`) has where it was given (`--batch-size`).
  /// - Throws: `ConfigurationError`.
  package func validate(named name: (String) -> String = GivenOptions.flagName) throws {
    for flag in RecipeFlag.all { try flag.validate(recipe, named: name) }
    for group in OptionsGroup.all { try group.validate(self, name) }
  }

  /// The flag of a key of `options.json`: `--batch-size` of `batch_size`.
  package static func flagName(_ key: String) -> String {
    "--" + key.map { $0 == "_" ? "-" : String($0) }.joined()
  }

  /// These options, overridden by the options that `stronger` gives.
  ///
  /// A length that `stronger` gives replaces the whole length, and a network that it gives replaces the whole
  /// network. A `--size` over a file's architecture builds the preset anew that the file names beside the
  /// architecture.
  /// - Throws: `ConfigurationError` if `stronger` gives a size, width or channel count over a network of the
  ///   user's own.
  package func overridden(by stronger: GivenOptions) throws -> GivenOptions {
    var merged = self
    if stronger.architecture != nil {
      merged.network = .init()
      merged.architecture = stronger.architecture
      merged.architectureFile = stronger.architectureFile
    } else if let architecture, let (key, value) = stronger.network.shape.first {
      guard self.preset ?? stronger.preset != nil else {
        throw ConfigurationError(
          "\(Self.flagName(key)) \(value.asTyped) is given, but the networks come from the architecture "
            + "\"\(architecture.name)\", whose file alone says their shape")
      }
      merged.architecture = nil
    }
    // The hash is that of the file beside it.
    if stronger.numbers.from != nil { merged.numbers.fromSHA256 = nil }
    for group in OptionsGroup.all { group.override(stronger, &merged) }
    merged.recipe = recipe.merging(stronger.recipe)
    merged.overrides += stronger.overrides
    return merged
  }
}

extension GivenOptions {
  // Options whose names are clear without the group's name can be read and set directly.

  /// An option of `network`; nil: not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<NetworkSettings, Value>) -> Value? {
    get { network[dynamicMember: path] }
    set { network[dynamicMember: path] = newValue }
  }
  /// An option of `network` that may be left unset there; nil: not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<NetworkSettings, Value?>) -> Value? {
    get { network[dynamicMember: path] }
    set { network[dynamicMember: path] = newValue }
  }
  /// An option of `dataSettings`; nil: not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<DataSettings, Value>) -> Value? {
    get { dataSettings[dynamicMember: path] }
    set { dataSettings[dynamicMember: path] = newValue }
  }
  /// An option of `dataSettings` that may be left unset there; nil: not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<DataSettings, Value?>) -> Value? {
    get { dataSettings[dynamicMember: path] }
    set { dataSettings[dynamicMember: path] = newValue }
  }
  /// An option of `numbers`; nil: not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<NumberSettings, Value>) -> Value? {
    get { numbers[dynamicMember: path] }
    set { numbers[dynamicMember: path] = newValue }
  }
  /// An option of `place`; nil: not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<PlaceSettings, Value>) -> Value? {
    get { place[dynamicMember: path] }
    set { place[dynamicMember: path] = newValue }
  }
  /// An option of `place` that may be left unset there; nil: not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<PlaceSettings, Value?>) -> Value? {
    get { place[dynamicMember: path] }
    set { place[dynamicMember: path] = newValue }
  }
}

extension Given<NetworkSettings> {
  /// The options of the networks' shape that are given, by key.
  fileprivate var shape: [(key: String, value: ConfigurationValue)] {
    given.filter { NetworkSettings.shapeKeys.contains($0.key) }
  }
}

extension ConfigurationValue {
  /// The value as it is typed after a flag.
  var asTyped: String {
    if case .string(let text) = self { return text }
    return self == .null ? "none" : inWords
  }
}
