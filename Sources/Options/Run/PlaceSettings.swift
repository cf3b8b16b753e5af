import Configuration

/// Where a run runs, and in which folder it is kept.
package struct PlaceSettings: SettingsGroup {
  /// `--ranks`: the world size.
  package var ranks = 1
  /// `--threads`: threads of a rank; nil: as many as each rank may use.
  package var threads: Int?
  /// `--keep`: how many of the newest checkpoints are kept; 0: all.
  package var keep = 3
  /// `--out`: the run's folder.
  package var out = "runs"

  /// The defaults.
  package init() {}

  /// Its options.
  package static let keys: [SettingKey<PlaceSettings>] = [
    .whole("ranks", \.ranks, in: 1...65_536),
    .whole("threads", \.threads, in: 1...1_024),
    .whole("keep", \.keep, in: 0...1_000_000),
    .text("out", \.out, what: "a folder"),
  ]
}
