/// Options that belong together, as a value and a table of keys.
///
/// The table has all that is needed to read the options from a file or from flags, to write and check them, to merge
/// them with the options that a person gave (`Given`), and to know which of them a resume may change.
package protocol SettingsGroup: Equatable, Sendable {
  /// The group with all options at their defaults.
  init()
  /// The table of the options, in the order of `options.json`.
  static var keys: [SettingKey<Self>] { get }
  /// Whether one option that is given replaces the whole group, as `--steps` replaces `--epochs`.
  static var isReplacedWhole: Bool { get }
}

extension SettingsGroup {
  /// False: an option that is given replaces only itself.
  package static var isReplacedWhole: Bool { false }

  /// The options as members of `options.json`.
  package var configuration: [ConfigurationValue.Member] { Self.keys.map { .init($0.name, $0.value(self)) } }
}

/// What a resume does with an option that is given.
package enum OnResume: Sendable {
  /// The new value is used.
  case mayChange
  /// A value other than the recorded one is an error, as it would change the numbers that the run computes.
  case stays
}

/// One option of a group.
package struct SettingKey<Settings: SettingsGroup>: Sendable {
  /// The key in `options.json`: `bucket_mb` for `--bucket-mb`.
  package let name: String
  /// What a resume does with the option.
  package let onResume: OnResume
  let isAt: @Sendable (PartialKeyPath<Settings>) -> Bool
  let copy: @Sendable (_ source: Settings, _ target: inout Settings) -> Void
  let read: @Sendable (ConfigurationReader, inout Settings) throws -> Bool
  /// The option's value in a group, in the form for a file.
  package let value: @Sendable (Settings) -> ConfigurationValue
  /// For a value that is not allowed, what it must be and is; nil for a value that is allowed.
  let complaint: @Sendable (Settings) -> String?

  /// The option at a key path of the group.
  /// - Parameters:
  ///   - name: the key in `options.json`.
  ///   - path: where the option's value lies in the group.
  ///   - onResume: what a resume does with the option.
  ///   - read: reads the value of a key; nil if the key is absent or null.
  ///   - write: the value for a file.
  ///   - must: for a value that is not allowed, what it must be, as "a number from 1 to 5, and is 6"; nil for a value
  ///     that is allowed.
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
