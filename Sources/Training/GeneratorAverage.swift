import Checkpoints
import Layers
import Networks
import Tensors

/// A generator whose weights are an exponential average of G's after each of its updates, a <- d a + (1 - d) w (Yazici et
/// al. 2019, section 3.1): pictures made with it are steadier from step to step than G's own.
///
/// Its running averages and other state are G's as they are, which are averages already. Every rank keeps it, as it keeps G.
public final class GeneratorAverage {
  /// The averaged network; its tensors are called `generator_average.main.N.*`.
  public let network: Network
  /// What such tensors' names begin with.
  static let name = "generator_average"
  private let generator: Network
  private let decay: Double
  private let pool: ThreadPool

  init(of generator: Network, decay: Double, pool: ThreadPool, planner: ConvolutionPlanner) {
    self.generator = generator
    self.decay = decay
    self.pool = pool
    network = Network(generator.summary, pool: pool, planner: planner, name: Self.name)
  }

  /// Begins at G's weights.
  func restart() {
    network.values.data.update(from: generator.values.data, count: network.parameterCount)
    takeState()
  }

  /// Takes G's update into the average.
  func follow() {
    let (average, weights) = (network.values.data, UnsafePointer(generator.values.data))
    let (keep, take) = (Float(decay), Float(1 - decay))
    pool.runChunks(network.parameterCount, chunk: 1 << 15) { range in
      for i in range { average[i] = keep * average[i] + take * weights[i] }
    }
    takeState()
  }

  /// Says that weights and state were set from elsewhere, in both networks.
  func wasSet() {
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

extension GeneratorAverage {
  /// What the tensors' names of G begin with that pictures are to be made with.
  /// - Parameter asked: whether with the average; nil: where the file has one.
  /// - Throws: `RunError` where it is asked for and missing.
  static func picked(_ asked: Bool?, of file: SafetensorsReader) throws -> String {
    let isThere = file.tensors.contains { $0.name.hasPrefix("\(name).") }
    if asked == true, !isThere {
      throw RunError(
        "\(file.path) holds no average of the generator: it is kept by training with --set generatorAverage=0.999"
      )
    }
    return isThere && asked != false ? name : NetworkRole.generator.rawValue
  }
}
