import Configuration

/// How often a run writes what it writes.
public struct OutputIntervals: Equatable, Sendable {
  /// Sample sheets.
  public var sample: Interval
  /// Checkpoints.
  public var checkpoint: Interval
  /// Lines of the log and of `metrics.jsonl`.
  public var log: Interval

  /// Creates intervals from their parts.
  public init(sample: Interval = .steps(200), checkpoint: Interval = .steps(500), log: Interval = .steps(10))
  {
    self.sample = sample
    self.checkpoint = checkpoint
    self.log = log
  }
}

/// A reference system as a value: its networks, how they are trained, and what it writes how often.
///
/// Each is one file of its own here, and one in Networks; `all` lists them.
public struct Preset: Sendable {
  /// Builds the two networks.
  public let architecture: ArchitecturePreset
  /// Trains them.
  public let recipe: Recipe
  /// What it writes how often.
  public let intervals: OutputIntervals
  /// What it writes and tells for people to look at.
  public var outputs = OutputSettings()
  /// The key of every random number, where no other is given.
  public var seed: UInt64 = 1

  /// What `--preset` calls it.
  public var name: String { architecture.name }

  /// Every known preset, in the order in which they are listed.
  public static let all: [Preset] = [
    .dcgan64, .cdcgan64, .paper64, .torch96, .slim64, .keras64, .cgan28, .infogan28, .vanilla,
  ]

  /// The preset that is called `name`.
  /// - Throws: `ConfigurationError` that gives the nearest names.
  public static func named(_ name: String) throws -> Preset {
    let architecture = try ArchitecturePreset.named(name)
    guard let preset = all.first(where: { $0.name == architecture.name }) else {
      throw ConfigurationError("the preset \"\(name)\" has no recipe")
    }
    return preset
  }
}
