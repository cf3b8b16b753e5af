import Configuration

/// How a run's ranks work together, as far as it changes no number. A resume may change it freely.
package struct RankSettings: SettingsGroup {
  /// `--overlap`: whether gradients travel while the ranks go on computing.
  package var overlap = true
  /// `--bucket-mb`: about how much a bucket of gradients holds, in MB (2^20 bytes).
  package var bucketMegabytes = 2.0
  /// `--check-every`: the ranks compare their replicas every so many steps, and before each checkpoint.
  package var checkEvery = 50
  /// `--watchdog`: seconds without progress after which a rank ends the run; nil: 10 times the median step,
  /// at least 120 s.
  package var watchdog: Double?

  /// The defaults.
  package init() {}

  /// Its options.
  package static let keys: [SettingKey<RankSettings>] = [
    .bool("overlap", \.overlap),
    .number("bucket_mb", \.bucketMegabytes, what: "a number of MB above 0 and up to 1024") {
      $0 > 0 && $0 <= 1024
    },
    .whole("check_every", \.checkEvery, in: 1...1_000_000),
    .number("watchdog", \.watchdog, what: "a number of seconds from 1 to 1000000") { $0 >= 1 && $0 <= 1e6 },
  ]

  /// The size of a bucket in bytes.
  package var bucketBytes: Int { max(4, Int(bucketMegabytes * Double(1 << 20))) }
}
