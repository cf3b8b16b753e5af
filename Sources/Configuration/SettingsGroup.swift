/// Options that belong together and that a resume may change freely, as a value and a table of its keys.
///
/// The table is all that is needed to read them from a file, to write them, to check them and to put what a person gave
/// over them (`Given`).
package protocol SettingsGroup: Equatable, Sendable {
  /// The defaults.
  init()
  /// Its options, in the order in which `options.json` has them.
  static var keys: [SettingKey<Self>] { get }
}

/// One option of a group.
package struct SettingKey<Settings: SettingsGroup>: Sendable {
  /// The key of `options.json`: `bucket_mb` of `--bucket-mb`.
  package let name: String
  let isAt: @Sendable (PartialKeyPath<Settings>) -> Bool
  let copy: @Sendable (_ source: Settings, _ target: inout Settings) -> Void
  let read: @Sendable (ConfigurationReader, inout Settings) throws -> Bool
  let value: @Sendable (Settings) -> ConfigurationValue
  /// What it must be, and is not.
  let complaint: @Sendable (Settings) -> String?

  /// An option at a place of the group.
  /// - Parameters:
  ///   - read: its value in a file; nil where it is not there.
  ///   - write: its value for a file.
  ///   - must: what the value must be where it is not that, as "a number from 1 to 5"; nil where it is.
  package init<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable,
    read: @escaping @Sendable (ConfigurationReader, String) throws -> Value?,
    write: @escaping @Sendable (Value) -> ConfigurationValue,
    must: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.name = name
    isAt = { $0 == path }
    copy = { $1[keyPath: path] = $0[keyPath: path] }
    self.read = { reader, settings in
      guard let value = try read(reader, name) else { return false }
      settings[keyPath: path] = value
      return true
    }
    value = { write($0[keyPath: path]) }
    complaint = { must($0[keyPath: path]) }
  }
}

extension SettingKey {
  /// true or false.
  package static func bool(_ name: String, _ path: WritableKeyPath<Settings, Bool> & Sendable) -> SettingKey {
    SettingKey(name, path, read: { try $0.boolIfPresent($1) }, write: { .bool($0) })
  }

  /// A whole number.
  package static func whole(
    _ name: String, _ path: WritableKeyPath<Settings, Int> & Sendable, in range: ClosedRange<Int>
  ) -> SettingKey {
    SettingKey(
      name, path, read: { try $0.integerIfPresent($1, in: Int.min...Int.max) }, write: { .integer($0) },
      must: {
        range.contains($0)
          ? nil : "a whole number from \(range.lowerBound) to \(range.upperBound), and is \($0)"
      })
  }

  /// An option that may be left open: nil is a value of it too, which is written as null. A file that says null, or
  /// leaves it out, does not give it.
  /// - Parameters:
  ///   - read: its value in a file; nil where it is not there.
  ///   - write: its value for a file.
  ///   - must: what the value must be where it is not that; nil where it is.
  package static func open<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<Settings, Value?> & Sendable,
    read: @escaping @Sendable (ConfigurationReader, String) throws -> Value?,
    write: @escaping @Sendable (Value) -> ConfigurationValue,
    must: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) -> SettingKey {
    SettingKey(
      name, path, read: { try read($0, $1).map(Optional.some) }, write: { $0.map(write) ?? .null },
      must: { $0.flatMap(must) })
  }

  /// A number that `isRight` takes; `what` says which.
  package static func number(
    _ name: String, _ path: WritableKeyPath<Settings, Double> & Sendable, what: String,
    isRight: @escaping @Sendable (Double) -> Bool
  ) -> SettingKey {
    SettingKey(
      name, path, read: { try $0.numberIfPresent($1) }, write: { .real($0) },
      must: { isRight($0) ? nil : "\(what), and is \($0)" })
  }
}

extension SettingsGroup {
  /// The members of `options.json`.
  package var configuration: [ConfigurationValue.Member] { Self.keys.map { .init($0.name, $0.value(self)) } }
}

/// What a person gave of a group of options, by flags or by a file; nil is not given.
@dynamicMemberLookup
package struct Given<Settings: SettingsGroup>: Equatable, Sendable {
  // Options that were not given have their defaults here.
  private var settings = Settings()
  private var names: Set<String> = []

  /// Options of which nothing is given.
  package init() {}

  package init(_ reader: ConfigurationReader) throws {
    for key in Settings.keys where try key.read(reader, &settings) { names.insert(key.name) }
  }

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

  private func isGiven(_ path: PartialKeyPath<Settings>) -> Bool {
    Settings.keys.contains { names.contains($0.name) && $0.isAt(path) }
  }

  private mutating func note(_ path: PartialKeyPath<Settings>, isGiven: Bool) {
    guard let key = Settings.keys.first(where: { $0.isAt(path) }) else {
      preconditionFailure("every option of a group is in its table")
    }
    if isGiven { names.insert(key.name) } else { names.remove(key.name) }
  }

  /// `settings` with what is given put over them.
  package func applied(to settings: Settings) -> Settings {
    var result = settings
    for key in Settings.keys where names.contains(key.name) { key.copy(self.settings, &result) }
    return result
  }

  /// These options with those that `stronger` gives put over them.
  package func overridden(by stronger: Given) -> Given {
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
}
