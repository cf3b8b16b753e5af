import Networks

/// Pictures that were asked for.
package struct GenerateRequest: Equatable, Sendable {
  /// How they are put into files.
  package enum Layout: Equatable, Sendable {
    /// One sheet of this many columns and rows, filled row by row.
    case grid(columns: Int, rows: Int)
    /// A file a picture, `seed-00000007.png`, in the folder.
    case separate
  }
  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  package var checkpoint: String
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  package var architecture: Architecture?
  /// The seed of each picture's z; at least one.
  package var seeds: [UInt64]
  /// Whether with G's average over its past; nil: where there is one.
  package var average: Bool?
  /// What `--label` asks for, as it was typed; nil: the seeds decide.
  package var label: String?
  /// How they are put into files.
  package var layout: Layout
  /// A file for a grid, a folder for separate pictures.
  package var out: String
  /// Where z [N,Z,1,1] and pictures [N,C,H,W] go in float32; nil: nowhere.
  package var raw: String?
  /// Threads; nil: what this process may use.
  package var threads: Int?

  /// Creates a request from its parts.
  package init(
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
