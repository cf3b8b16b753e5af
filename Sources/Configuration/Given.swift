/// The options of a group that a person gave, by flags or by a file; an option that was not given is nil.
@dynamicMemberLookup
package struct Given<Settings: SettingsGroup>: Equatable, Sendable {
  // Options that were not given have their default values here.
  private var settings = Settings()
  private var names: Set<String> = []

  /// No option is given.
  package init() {}

  /// All options of a group that have another value than none, as if they were given.
  package init(_ settings: Settings) {
    self.settings = settings
    names = Set(Settings.keys.filter { $0.value(settings) != .null }.map(\.name))
  }

  /// The options that an object gives; a key that is absent or null gives none.
  /// - Throws: `ConfigurationError`.
  package init(_ reader: ConfigurationReader) throws {
    for key in Settings.keys where try key.read(reader, &settings) { names.insert(key.name) }
  }

  /// Whether no option is given.
  package var isEmpty: Bool { names.isEmpty }

  /// An option; nil if it is not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<Settings, Value>) -> Value? {
    get { isGiven(path) ? settings[keyPath: path] : nil }
    set {
      settings[keyPath: path] = newValue ?? Settings()[keyPath: path]
      note(path, isGiven: newValue != nil)
    }
  }

  /// An option whose value in the group may itself be nil; nil if it is not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<Settings, Value?>) -> Value? {
    get { isGiven(path) ? settings[keyPath: path] : nil }
    set {
      settings[keyPath: path] = newValue ?? Settings()[keyPath: path]
      note(path, isGiven: newValue != nil)
    }
  }

  /// The keys and values of the options that are given, in the order of the table.
  package var given: [(key: String, value: ConfigurationValue)] {
    Settings.keys.filter { names.contains($0.name) }.map { ($0.name, $0.value(settings)) }
  }

  private func isGiven(_ path: PartialKeyPath<Settings>) -> Bool {
    Settings.keys.contains { names.contains($0.name) && $0.isAt(path) }
  }

  private mutating func note(_ path: PartialKeyPath<Settings>, isGiven: Bool) {
    guard let key = Settings.keys.first(where: { $0.isAt(path) }) else {
      preconditionFailure("every option of a group is in its table")
    }
    if isGiven { names.insert(key.name) } else { names.remove(key.name) }
  }

  /// Sets the option of this name; a value of null sets nothing.
  /// - Returns: whether the group has such an option.
  /// - Throws: `ConfigurationError` if the value is not of the option's type.
  package mutating func give(_ name: String, _ value: ConfigurationValue) throws -> Bool {
    guard let key = Settings.keys.first(where: { $0.name == name }) else { return false }
    let reader = try ConfigurationReader(.object([.init(name, value)]), path: "", known: [name])
    if try key.read(reader, &settings) { names.insert(name) }
    return true
  }

  /// `settings` with the options that are given in place of their own.
  /// - Parameter onlyWhatMayChange: whether options that a resume may not change are left as they are.
  package func applied(to settings: Settings, onlyWhatMayChange: Bool = false) -> Settings {
    var result = Settings.isReplacedWhole && !isEmpty ? Settings() : settings
    for key in Settings.keys where names.contains(key.name) {
      if onlyWhatMayChange, key.onResume == .stays { continue }
      key.copy(self.settings, &result)
    }
    return result
  }

  /// These options with those that `stronger` gives in place of their own.
  package func overridden(by stronger: Given) -> Given {
    if Settings.isReplacedWhole, !stronger.isEmpty { return stronger }
    var merged = self
    merged.settings = stronger.applied(to: settings)
    merged.names.formUnion(stronger.names)
    return merged
  }

  /// Checks the options that are given.
  /// - Parameter name: the name of a key for errors, such as that of its flag.
  /// - Throws: `ConfigurationError`.
  package func validate(named name: (String) -> String) throws {
    for key in Settings.keys where names.contains(key.name) {
      guard let complaint = key.complaint(settings) else { continue }
      throw ConfigurationError("\(name(key.name)) must be \(complaint)")
    }
  }

  /// The options that are given, may not change on a resume and differ from `recorded`, with both values.
  package func conflicts(with recorded: Settings) -> [(
    key: String, recorded: ConfigurationValue, given: ConfigurationValue
  )] {
    Settings.keys.compactMap { key in
      let (own, asked) = (key.value(recorded), key.value(settings))
      guard names.contains(key.name), key.onResume == .stays, own != asked else { return nil }
      return (key.name, own, asked)
    }
  }
}
