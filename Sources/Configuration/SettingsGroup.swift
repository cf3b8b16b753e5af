/// Options that belong together, as a value and a table of its keys.
///
/// The table is all that is needed to read them from a file or from flags, to write them, to check them, to put what a
/// person gave over them (`Given`), and to know what a resume may change.
package protocol SettingsGroup: Equatable, Sendable {
  /// The defaults.
  init()
  /// Its options, in the order in which `options.json` has them.
  static var keys: [SettingKey<Self>] { get }
  /// Whether one of them that is given replaces them all, as `--steps` replaces `--epochs`.
  static var isReplacedWhole: Bool { get }
}

extension SettingsGroup {
  /// Each option stands for itself.
  package static var isReplacedWhole: Bool { false }

  /// The members of `options.json`.
  package var configuration: [ConfigurationValue.Member] { Self.keys.map { .init($0.name, $0.value(self)) } }
}

/// What a resume makes of an option that was given.
package enum OnResume: Sendable {
  /// It is taken.
  case mayChange
  /// It is an error where it is not what the run recorded, as it would change numbers.
  case stays
}

/// One option of a group.
package struct SettingKey<Settings: SettingsGroup>: Sendable {
  /// The key of `options.json`: `bucket_mb` of `--bucket-mb`.
  package let name: String
  /// What a resume makes of it.
  package let onResume: OnResume
  let isAt: @Sendable (PartialKeyPath<Settings>) -> Bool
  let copy: @Sendable (_ source: Settings, _ target: inout Settings) -> Void
  let read: @Sendable (ConfigurationReader, inout Settings) throws -> Bool
  /// Its value for a file.
  package let value: @Sendable (Settings) -> ConfigurationValue
  /// What it must be, and is not.
  let complaint: @Sendable (Settings) -> String?

  /// An option at a place of the group.
  /// - Parameters:
  ///   - onResume: what a resume makes of it.
  ///   - read: its value in a file; nil where it is not there.
  ///   - write: its value for a file.
  ///   - must: what the value must be where it is not that, as "a number from 1 to 5, and is 6"; nil where it is.
  package init<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<Settings, Value> & Sendable, _ onResume: OnResume = .mayChange,
    read: @escaping @Sendable (ConfigurationReader, String) throws -> Value?,
    write: @escaping @Sendable (Value) -> ConfigurationValue,
    must: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.name = name
    self.onResume = onResume
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
