import Cluster
import Communication
import Synchronization
import Tensors

/// The kernel distance between two sets of features (KID, Binkowski et al. 2018): the squared maximum mean discrepancy with
/// the kernel (x y / F + 1)^3, unbiased, over random subsets.
package struct KernelDistance: Equatable, Sendable {
  /// The mean over subsets. It may be below 0 where the sets do not differ.
  package let mean: Double
  /// The standard deviation over subsets.
  package let spread: Double
  /// The pictures of a subset.
  package let subset: Int

  /// The subsets.
  package static let subsets = 100
  /// The most pictures of a subset.
  static let mostPictures = 1_000

  /// Measures the distance, the ranks and their threads beside each other. Collective; the same on any number of them.
  /// - Parameter seed: of the subsets.
  /// - Throws: `BLASError`; errors of the message layer.
  package init(
    _ real: FeatureTable, _ fake: FeatureTable, seed: UInt64, on communicator: any Communicator,
    pool: ThreadPool
  ) throws {
    precondition(real.count == fake.count, "features of one kind")
    let size = min(Self.mostPictures, real.pictures, fake.pictures)
    precondition(size > 1, "a subset has two pictures or more")
    var distances = [Double](repeating: 0, count: Self.subsets)
    let own = (0..<Self.subsets).filter { $0 % communicator.size == communicator.rank }
    let failure = Mutex<(any Error)?>(nil)
    distances.withUnsafeMutableBufferPointer { distances in
      nonisolated(unsafe) let distances = distances
      pool.run(own.count) { item, _ in
        do {
          distances[own[item]] = try Self.distance(
            Self.subset(of: real, size, seed, stream: 0, own[item]),
            Self.subset(of: fake, size, seed, stream: 1, own[item]), size, real.count)
        } catch { failure.withLock { $0 = error } }
      }
    }
    try succeedingOnAllRanks(communicator) {
      if let error = failure.withLock({ $0 }) { throw RunError("\(error)") }
    }
    try communicator.allReduce(&distances, .sum)
    let mean = distances.reduce(0, +) / Double(Self.subsets)
    self.mean = mean
    spread = (distances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(Self.subsets)).squareRoot()
    subset = size
  }

  /// The places of a subset.
  package static func places(_ size: Int, of count: Int, seed: UInt64, stream: Int, number: Int) -> [Int] {
    Array(RandomChoice.shuffled(count, seed: seed, stream: 10 + stream, step: number).prefix(size))
  }

  private static func subset(
    of table: FeatureTable, _ size: Int, _ seed: UInt64, stream: Int, _ number: Int
  ) -> [Double] {
    places(size, of: table.pictures, seed: seed, stream: stream, number: number).flatMap { place in
      (0..<table.count).map { Double(table.values.data[place * table.count + $0]) }
    }
  }

  private static func distance(_ real: [Double], _ fake: [Double], _ size: Int, _ features: Int) throws
    -> Double
  {
    var products = [Double](repeating: 0, count: size * size)
    func sum(_ a: [Double], _ b: [Double], isOne: Bool) throws -> Double {
      try products.withUnsafeMutableBufferPointer {
        try doubleProduct(a, b, into: $0.baseAddress!, m: size, n: size, k: features)
      }
      var sum = 0.0
      for i in 0..<size {
        for j in 0..<size where !(isOne && i == j) {
          let base = products[i * size + j] / Double(features) + 1
          sum += base * base * base
        }
      }
      return sum
    }
    let pairs = Double(size) * Double(size - 1)
    return try sum(real, real, isOne: true) / pairs + sum(fake, fake, isOne: true) / pairs
      - 2 * sum(real, fake, isOne: false) / (Double(size) * Double(size))
  }
}
