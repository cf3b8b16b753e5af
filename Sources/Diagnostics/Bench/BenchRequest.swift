import Options

/// A measurement of training steps that was asked for. Pictures, labels and z are synthetic.
package struct BenchRequest: Codable, Equatable, Sendable {
  /// What would be trained: networks, recipe with its global batch, seed, threads, ranks, slices.
  package var options: RunOptions
  /// Timed steps, after at least one to warm up.
  package var steps: Int
  /// Whether to tell each layer's and each pass's time, beside what the machine can do.
  package var layers: Bool

  /// Creates a request from its parts.
  package init(options: RunOptions, steps: Int, layers: Bool = false) {
    self.options = options
    self.steps = steps
    self.layers = layers
  }
}
