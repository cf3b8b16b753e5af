import Configuration

/// What a run does where its training seems to fail. A resume may change it freely.
package struct FailureSettings: SettingsGroup {
  /// The values of `--on-failure`.
  package enum Action: String, CaseIterable, Sendable {
    /// Nothing is watched.
    case off
    /// The run goes on, and a warning says what seems wrong.
    case warn
    /// The run is saved and ends, with the sentence of the warning as its error.
    case stop
  }

  /// `--on-failure`.
  package var action = Action.warn

  /// The defaults.
  package init() {}

  /// Its options.
  package static let keys: [SettingKey<FailureSettings>] = [
    SettingKey(
      "on_failure", \.action,
      read: { reader, key in
        // YAML takes a bare off for false.
        reader.value(key) == .bool(false) ? .off : try reader.choiceIfPresent(key, as: Action.self)
      }, write: { .string($0.rawValue) })
  ]
}
