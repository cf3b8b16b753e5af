import Options

/// A training run that was asked for, with all options and folders settled.
package struct TrainRequest: Codable, Equatable, Sendable {
  /// The options of the run.
  package var options: RunOptions
  /// The run or checkpoint that the run goes on from; nil: it is new.
  package var resume: ResumeRequest?
  /// The length that was asked for, of a run that goes on; nil: the run is new, and has that of `options`.
  package var length: ResumedLength?
  /// What a person is to be told of the run's recipe: changes, and what a file of `--architecture` says otherwise.
  package var notes: [String] = []
  /// Whether a run that the folder holds is removed. Never with `resume`.
  package var overwrite: Bool
  /// Whether to print what would be done, and to do nothing else.
  package var dryRun: Bool
  /// Whether the folder was made for this run and is still empty.
  package var folderIsReserved: Bool
  /// The file that gets a trace of all ranks; nil: no trace. It is not among the options, as it changes
  /// nothing of the run.
  package var trace: String?

  /// Creates a request from its parts.
  package init(
    options: RunOptions, resume: ResumeRequest? = nil, length: ResumedLength? = nil, overwrite: Bool = false,
    dryRun: Bool = false, folderIsReserved: Bool = false, trace: String? = nil
  ) {
    self.options = options
    self.resume = resume
    self.length = length
    self.overwrite = overwrite
    self.dryRun = dryRun
    self.folderIsReserved = folderIsReserved
    self.trace = trace
  }
}

/// The run and checkpoint that a run goes on from.
package struct ResumeRequest: Codable, Equatable, Sendable {
  /// The folder of the run whose checkpoint is used.
  package var run: String
  /// The folder of one checkpoint; nil: the run's newest valid one.
  package var checkpoint: String?
  /// Whether it is an error if no checkpoint is valid; if not (`--resume auto`), the run then starts anew in
  /// its folder.
  package var isRequired: Bool

  /// Creates a request from its parts.
  package init(run: String, checkpoint: String? = nil, isRequired: Bool = true) {
    self.run = run
    self.checkpoint = checkpoint
    self.isRequired = isRequired
  }
}
