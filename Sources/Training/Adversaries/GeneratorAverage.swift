import Layers
import Networks
import Tensors

/// A generator whose weights are an exponential average of G's after each of its updates, a <- d a + (1 - d) w (Yazici et
/// al. 2019, section 3.1): pictures made with it are steadier from step to step than G's own.
///
/// Its running averages and other state are copies of G's, as these are averages already. Every rank keeps
/// this network, as it keeps G.
package final class GeneratorAverage {
  /// The averaged network; its tensors are called `generator_average.main.N.*`.
  package let network: Network
  /// The beginning of its tensors' names.
  package static let name = "generator_average"
  private let generator: Network
  private let decay: Double
  private let pool: ThreadPool

  init(of generator: Network, decay: Double, pool: ThreadPool, planner: ConvolutionPlanner) {
    self.generator = generator
    self.decay = decay
    self.pool = pool
    network = Network(generator.summary, pool: pool, planner: planner, name: Self.name)
  }

  /// Sets the average to G's weights and state.
  package func restart() {
    network.values.data.update(from: generator.values.data, count: network.parameterCount)
    takeState()
  }

  /// Adds G's weights after an update to the average, and copies G's state.
  func follow() {
    let (average, weights) = (network.values.data, UnsafePointer(generator.values.data))
    let (keep, take) = (Float(decay), Float(1 - decay))
    pool.runChunks(network.parameterCount, chunk: 1 << 15) { range in
      for i in range { average[i] = keep * average[i] + take * weights[i] }
    }
    takeState()
  }

  /// Says that weights and state of both networks were set from elsewhere, such as a checkpoint.
  package func wasSet() {
    for (own, other) in zip(network.batchCounters, generator.batchCounters) {
      own.layer.batchesTracked = other.layer.batchesTracked
    }
    network.markChanged()
  }

  private func takeState() {
    for (own, other) in zip(network.bufferState, generator.bufferState) {
      own.data.update(from: other.data, count: own.count)
    }
    wasSet()
  }
}
