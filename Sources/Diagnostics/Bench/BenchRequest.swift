import Options

/// A measurement of training steps that was asked for. Pictures, labels and z are synthetic.
package struct BenchRequest: Codable, Equatable, Sendable {
  /// The options of the training whose steps are measured: networks, recipe with its global batch, seed,
  /// threads, ranks, slices.
  package var options: RunOptions
  /// Timed steps, after at least one to warm up.
  package var steps: Int
  /// Whether to measure the time of each layer and pass too, and what the machine can do.
  package var layers: Bool

  /// Creates a request from its parts.
  package init(options: RunOptions, steps: Int, layers: Bool = false) {
    self.options = options
    self.steps = steps
    self.layers = layers
  }
}
