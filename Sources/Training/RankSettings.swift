import Networks

/// How a run's ranks work together, as far as it changes no number: what a resume may change freely.
public struct RankSettings: Equatable, Sendable {
  /// `--overlap`: whether gradients travel while the ranks go on computing.
  public var overlap = true
  /// `--bucket-mb`: what a bucket of gradients holds, about, in MB (2^20 bytes).
  public var bucketMegabytes = 2.0
  /// `--check-every`: after how many steps the ranks compare their replicas; before a checkpoint always.
  public var checkEvery = 50
  /// `--watchdog`: seconds without progress after which a rank ends the run; nil: 10 times the median step,
  /// at least 120 s.
  public var watchdog: Double?

  /// The defaults.
  public init() {}

  /// The size of a bucket in bytes.
  var bucketBytes: Int { max(4, Int(bucketMegabytes * Double(1 << 20))) }
}

/// What a person gave of `RankSettings`; nil is not given.
public struct GivenRankSettings: Equatable, Sendable {
  /// `--overlap`.
  public var overlap: Bool?
  /// `--bucket-mb`.
  public var bucketMegabytes: Double?
  /// `--check-every`.
  public var checkEvery: Int?
  /// `--watchdog`.
  public var watchdog: Double?

  /// The keys of `options.json`.
  static let keys = ["overlap", "bucket_mb", "check_every", "watchdog"]

  /// Creates settings of which nothing is given.
  public init() {}

  init(_ reader: ConfigurationReader) throws {
    overlap = try reader.boolIfPresent("overlap")
    bucketMegabytes = try reader.numberIfPresent("bucket_mb")
    checkEvery = try reader.integerIfPresent("check_every", in: Int.min...Int.max)
    watchdog = try reader.numberIfPresent("watchdog")
  }

  /// `settings` with what is given put over them.
  func applied(to settings: RankSettings) -> RankSettings {
    var settings = settings
    settings.overlap = overlap ?? settings.overlap
    settings.bucketMegabytes = bucketMegabytes ?? settings.bucketMegabytes
    settings.checkEvery = checkEvery ?? settings.checkEvery
    settings.watchdog = watchdog ?? settings.watchdog
    return settings
  }

  /// These settings with those that `stronger` gives put over them.
  func overridden(by stronger: GivenRankSettings) -> GivenRankSettings {
    var merged = self
    merged.overlap = stronger.overlap ?? overlap
    merged.bucketMegabytes = stronger.bucketMegabytes ?? bucketMegabytes
    merged.checkEvery = stronger.checkEvery ?? checkEvery
    merged.watchdog = stronger.watchdog ?? watchdog
    return merged
  }

  /// Checks the numbers.
  /// - Parameter name: what a key is called where it was given.
  /// - Throws: `ConfigurationError`.
  func validate(named name: (String) -> String) throws {
    if let bucketMegabytes, !(bucketMegabytes > 0 && bucketMegabytes <= 1024) {
      throw ConfigurationError(
        "\(name("bucket_mb")) must be a number of MB above 0 and up to 1024, and is \(bucketMegabytes)")
    }
    if let checkEvery, !(1...1_000_000).contains(checkEvery) {
      throw ConfigurationError(
        "\(name("check_every")) must be a whole number from 1 to 1000000, and is \(checkEvery)")
    }
    if let watchdog, !(watchdog >= 1 && watchdog <= 1e6) {
      throw ConfigurationError(
        "\(name("watchdog")) must be a number of seconds from 1 to 1000000, and is \(watchdog)")
    }
  }
}

extension RankSettings {
  /// The members of `options.json`.
  var configuration: [ConfigurationValue.Member] {
    [
      .init("overlap", .bool(overlap)), .init("bucket_mb", .real(bucketMegabytes)),
      .init("check_every", .integer(checkEvery)), .init("watchdog", watchdog.map { .real($0) } ?? .null),
    ]
  }
}
