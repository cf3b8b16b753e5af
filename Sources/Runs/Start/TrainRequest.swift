import Options

/// A training run that was asked for, every question of options and folders settled.
public struct TrainRequest: Codable, Equatable, Sendable {
  /// What it is told.
  public var options: RunOptions
  /// The run or checkpoint that it goes on from; nil: it is new.
  public var resume: ResumeRequest?
  /// Whether a run in the folder is thrown away. Never with `resume`.
  public var overwrite: Bool
  /// Whether to print what would be done, and stop.
  public var dryRun: Bool
  /// Whether the folder was made for this run and is still empty.
  public var folderIsReserved: Bool
  /// Where a trace of all ranks goes; nil: nowhere. No part of the options: it changes nothing of the run.
  public var trace: String?

  /// Creates a request from its parts.
  public init(
    options: RunOptions, resume: ResumeRequest? = nil, overwrite: Bool = false, dryRun: Bool = false,
    folderIsReserved: Bool = false, trace: String? = nil
  ) {
    self.options = options
    self.resume = resume
    self.overwrite = overwrite
    self.dryRun = dryRun
    self.folderIsReserved = folderIsReserved
    self.trace = trace
  }
}

/// Where a run goes on from.
public struct ResumeRequest: Codable, Equatable, Sendable {
  /// The folder of the run whose checkpoint is taken.
  public var run: String
  /// The folder of one checkpoint; nil: the run's newest valid one.
  public var checkpoint: String?
  /// Whether it is an error if no checkpoint is valid; else (`--resume auto`) the run starts anew in its
  /// folder.
  public var isRequired: Bool

  /// Creates a request from its parts.
  public init(run: String, checkpoint: String? = nil, isRequired: Bool = true) {
    self.run = run
    self.checkpoint = checkpoint
    self.isRequired = isRequired
  }
}
