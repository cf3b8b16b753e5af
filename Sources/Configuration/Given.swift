/// What a person gave of a group of options, by flags or by a file; nil is not given.
@dynamicMemberLookup
package struct Given<Settings: SettingsGroup>: Equatable, Sendable {
  // Options that were not given have their defaults here.
  private var settings = Settings()
  private var names: Set<String> = []

  /// Options of which nothing is given.
  package init() {}

  /// What an object gives; a key that is absent or null gives nothing.
  /// - Throws: `ConfigurationError`.
  package init(_ reader: ConfigurationReader) throws {
    for key in Settings.keys where try key.read(reader, &settings) { names.insert(key.name) }
  }

  /// Whether nothing is given.
  package var isEmpty: Bool { names.isEmpty }

  /// An option; nil is not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<Settings, Value>) -> Value? {
    get { isGiven(path) ? settings[keyPath: path] : nil }
    set {
      settings[keyPath: path] = newValue ?? Settings()[keyPath: path]
      note(path, isGiven: newValue != nil)
    }
  }

  /// An option that may be left open in the group itself; nil is not given.
  package subscript<Value>(dynamicMember path: WritableKeyPath<Settings, Value?>) -> Value? {
    get { isGiven(path) ? settings[keyPath: path] : nil }
    set {
      settings[keyPath: path] = newValue ?? Settings()[keyPath: path]
      note(path, isGiven: newValue != nil)
    }
  }

  /// The options that are given, by their keys.
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

  /// Gives the option of this name.
  /// - Returns: whether the group has it.
  /// - Throws: `ConfigurationError` where the value is not of its type.
  package mutating func give(_ name: String, _ value: ConfigurationValue) throws -> Bool {
    guard let key = Settings.keys.first(where: { $0.name == name }) else { return false }
    let reader = try ConfigurationReader(.object([.init(name, value)]), path: "", known: [name])
    if try key.read(reader, &settings) { names.insert(name) }
    return true
  }

  /// `settings` with what is given put over them.
  /// - Parameter onlyWhatMayChange: whether options that stay on a resume are left as they are.
  package func applied(to settings: Settings, onlyWhatMayChange: Bool = false) -> Settings {
    var result = Settings.isReplacedWhole && !isEmpty ? Settings() : settings
    for key in Settings.keys where names.contains(key.name) {
      if onlyWhatMayChange, key.onResume == .stays { continue }
      key.copy(self.settings, &result)
    }
    return result
  }

  /// These options with those that `stronger` gives put over them.
  package func overridden(by stronger: Given) -> Given {
    if Settings.isReplacedWhole, !stronger.isEmpty { return stronger }
    var merged = self
    merged.settings = stronger.applied(to: settings)
    merged.names.formUnion(stronger.names)
    return merged
  }

  /// Checks what is given.
  /// - Parameter name: what a key is called where it was given.
  /// - Throws: `ConfigurationError`.
  package func validate(named name: (String) -> String) throws {
    for key in Settings.keys where names.contains(key.name) {
      guard let complaint = key.complaint(settings) else { continue }
      throw ConfigurationError("\(name(key.name)) must be \(complaint)")
    }
  }

  /// The options that are given, stay on a resume and are not what was recorded, with both values.
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
