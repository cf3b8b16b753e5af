import Options

/// A training run that was asked for, every question of options and folders settled.
package struct TrainRequest: Codable, Equatable, Sendable {
  /// What it is told.
  package var options: RunOptions
  /// The run or checkpoint that it goes on from; nil: it is new.
  package var resume: ResumeRequest?
  /// Whether a run in the folder is thrown away. Never with `resume`.
  package var overwrite: Bool
  /// Whether to print what would be done, and stop.
  package var dryRun: Bool
  /// Whether the folder was made for this run and is still empty.
  package var folderIsReserved: Bool
  /// Where a trace of all ranks goes; nil: nowhere. No part of the options: it changes nothing of the run.
  package var trace: String?

  /// Creates a request from its parts.
  package init(
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
package struct ResumeRequest: Codable, Equatable, Sendable {
  /// The folder of the run whose checkpoint is taken.
  package var run: String
  /// The folder of one checkpoint; nil: the run's newest valid one.
  package var checkpoint: String?
  /// Whether it is an error if no checkpoint is valid; else (`--resume auto`) the run starts anew in its
  /// folder.
  package var isRequired: Bool

  /// Creates a request from its parts.
  package init(run: String, checkpoint: String? = nil, isRequired: Bool = true) {
    self.run = run
    self.checkpoint = checkpoint
    self.isRequired = isRequired
  }
}
