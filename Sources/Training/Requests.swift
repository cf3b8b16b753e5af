import Networks

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

/// Pictures that were asked for.
public struct GenerateRequest: Equatable, Sendable {
  /// How they are put into files.
  public enum Layout: Equatable, Sendable {
    /// One sheet of this many columns and rows, filled row by row.
    case grid(columns: Int, rows: Int)
    /// A file a picture, `seed-00000007.png`, in the folder.
    case separate
  }
  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  public var checkpoint: String
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  public var architecture: Architecture?
  /// The seed of each picture's z; at least one.
  public var seeds: [UInt64]
  /// Whether with G's average over its past; nil: where there is one.
  public var average: Bool?
  /// What `--label` asks for, as it was typed; nil: the seeds decide.
  public var label: String?
  /// How they are put into files.
  public var layout: Layout
  /// A file for a grid, a folder for separate pictures.
  public var out: String
  /// Where z [N,Z,1,1] and pictures [N,C,H,W] go in float32; nil: nowhere.
  public var raw: String?
  /// Threads; nil: what this process may use.
  public var threads: Int?

  /// Creates a request from its parts.
  public init(
    checkpoint: String, architecture: Architecture? = nil, seeds: [UInt64], label: String? = nil,
    average: Bool? = nil,
    layout: Layout, out: String, raw: String? = nil, threads: Int? = nil
  ) {
    self.checkpoint = checkpoint
    self.architecture = architecture
    self.seeds = seeds
    self.label = label
    self.average = average
    self.layout = layout
    self.out = out
    self.raw = raw
    self.threads = threads
  }
}

/// A measurement of training steps that was asked for. Pictures, labels and z are synthetic.
public struct BenchRequest: Codable, Equatable, Sendable {
  /// What would be trained: networks, recipe with its global batch, seed, threads, ranks, slices.
  public var options: RunOptions
  /// Timed steps, after at least one to warm up.
  public var steps: Int
  /// Whether to tell each layer's and each pass's time, beside what the machine can do.
  public var layers: Bool

  /// Creates a request from its parts.
  public init(options: RunOptions, steps: Int, layers: Bool = false) {
    self.options = options
    self.steps = steps
    self.layers = layers
  }
}
