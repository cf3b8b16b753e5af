import Configuration

/// How a run's ranks work together, as far as it changes no number: what a resume may change freely.
package struct RankSettings: SettingsGroup {
  /// `--overlap`: whether gradients travel while the ranks go on computing.
  package var overlap = true
  /// `--bucket-mb`: what a bucket of gradients holds, about, in MB (2^20 bytes).
  package var bucketMegabytes = 2.0
  /// `--check-every`: after how many steps the ranks compare their replicas; before a checkpoint always.
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
