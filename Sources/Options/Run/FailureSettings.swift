import Configuration

/// What a run does where its training seems to fail: what a resume may change freely.
package struct FailureSettings: SettingsGroup {
  /// `--on-failure`: the ways.
  package enum Action: String, CaseIterable, Sendable {
    /// Nobody looks.
    case off
    /// The run goes on, and a warning says what was seen.
    case warn
    /// The run is saved and ends with that sentence as its error.
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
