import Configuration

/// One group of options, among those given and among a run's, with the type of the group erased.
struct OptionsGroup: Sendable {
  /// The keys of its options.
  let keys: [String]
  /// Reads the group's options from an object.
  let read: @Sendable (ConfigurationReader, inout GivenOptions) throws -> Void
  /// Sets the option of a key; false: the key is another group's.
  let give: @Sendable (String, ConfigurationValue, inout GivenOptions) throws -> Bool
  /// Overrides the group's given options with those of `stronger`.
  let override: @Sendable (_ stronger: GivenOptions, inout GivenOptions) -> Void
  /// Checks the given options; `named` gives the name of a key for messages.
  let validate: @Sendable (GivenOptions, _ named: (String) -> String) throws -> Void
  /// Sets a run's options to the given ones.
  let apply: @Sendable (GivenOptions, inout RunOptions) -> Void
  /// Sets a run's options to the given ones that may change on a resume.
  let change: @Sendable (GivenOptions, inout RunOptions) -> Void
  /// The given options that must stay on a resume but differ from what the run recorded.
  let conflicts:
    @Sendable (GivenOptions, RunOptions) -> [(
      key: String, recorded: ConfigurationValue, given: ConfigurationValue
    )]
  /// The group's members of `options.json`.
  let members: @Sendable (RunOptions) -> [ConfigurationValue.Member]
  /// The group's members that decide numbers: those that must stay on a resume.
  let deciding: @Sendable (RunOptions) -> [ConfigurationValue.Member]

  /// All groups, in the order in which `options.json` has them.
  static let all = [
    OptionsGroup(\.network, \.network), OptionsGroup(\.dataSettings, \.dataSettings), numbers,
    OptionsGroup(\.place, \.place), OptionsGroup(\.rankSettings, \.rankSettings),
    OptionsGroup(\.length, \.length), OptionsGroup(\.intervals, \.intervals),
    OptionsGroup(\.outputSettings, \.outputSettings), OptionsGroup(\.failureSettings, \.failureSettings),
  ]
  /// What decides numbers beside networks and recipe.
  static let numbers = OptionsGroup(\.numbers, \.numbers)

  private init<Settings: SettingsGroup>(
    _ given: WritableKeyPath<GivenOptions, Given<Settings>> & Sendable,
    _ run: WritableKeyPath<RunOptions, Settings> & Sendable
  ) {
    keys = Settings.keys.map(\.name)
    read = { $1[keyPath: given] = try Given($0) }
    give = { try $2[keyPath: given].give($0, $1) }
    override = { $1[keyPath: given] = $1[keyPath: given].overridden(by: $0[keyPath: given]) }
    validate = { try $0[keyPath: given].validate(named: $1) }
    apply = { $1[keyPath: run] = $0[keyPath: given].applied(to: $1[keyPath: run]) }
    change = {
      $1[keyPath: run] = $0[keyPath: given].applied(to: $1[keyPath: run], onlyWhatMayChange: true)
    }
    conflicts = { $0[keyPath: given].conflicts(with: $1[keyPath: run]) }
    members = { $0[keyPath: run].configuration }
    deciding = { options in
      Settings.keys.filter { $0.onResume == .stays }.map { .init($0.name, $0.value(options[keyPath: run])) }
    }
  }
}
