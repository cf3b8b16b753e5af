import Configuration

/// One group of options among what was given and among a run's, whatever its type.
struct OptionsGroup: Sendable {
  /// The keys of its options.
  let keys: [String]
  /// Takes what an object gives.
  let read: @Sendable (ConfigurationReader, inout GivenOptions) throws -> Void
  /// Gives the option of a name; false: it is another group's.
  let give: @Sendable (String, ConfigurationValue, inout GivenOptions) throws -> Bool
  /// Puts what is stronger over what was given.
  let override: @Sendable (_ stronger: GivenOptions, inout GivenOptions) -> Void
  /// Checks what was given; `named` is what a key is called there.
  let validate: @Sendable (GivenOptions, _ named: (String) -> String) throws -> Void
  /// Puts what was given over a run's options.
  let apply: @Sendable (GivenOptions, inout RunOptions) -> Void
  /// Puts what was given and may change on a resume over a run's options.
  let change: @Sendable (GivenOptions, inout RunOptions) -> Void
  /// What was given, stays on a resume and is not what the run recorded.
  let conflicts:
    @Sendable (GivenOptions, RunOptions) -> [(
      key: String, recorded: ConfigurationValue, given: ConfigurationValue
    )]
  /// The members of `options.json`.
  let members: @Sendable (RunOptions) -> [ConfigurationValue.Member]
  /// The members that decide numbers: those that stay on a resume.
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
