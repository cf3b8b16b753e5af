import Networks

/// Pictures that were asked for.
package struct GenerateRequest: Equatable, Sendable {
  /// How the pictures are put into files.
  package enum Layout: Equatable, Sendable {
    /// One sheet of this many columns and rows, filled row by row.
    case grid(columns: Int, rows: Int)
    /// One file for each picture, such as `seed-00000007.png`, in the folder.
    case separate
  }
  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  package var checkpoint: String
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  package var architecture: Architecture?
  /// The seed of each picture's z; at least one.
  package var seeds: [UInt64]
  /// Whether to take the average of G's weights over its training; nil: take it where the file has one.
  package var average: Bool?
  /// What `--label` asks for, as it was typed; nil: the seeds decide classes and codes.
  package var label: String?
  /// How the pictures are put into files.
  package var layout: Layout
  /// The path of the output: a file for a grid, a folder for separate pictures.
  package var out: String
  /// The safetensors file for z [N,Z,1,1] and pictures [N,C,H,W] in float32; nil: none is written.
  package var raw: String?
  /// Threads; nil: as many as this process may use.
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
