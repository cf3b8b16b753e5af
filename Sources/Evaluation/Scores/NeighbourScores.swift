import Cluster
import Communication
import Synchronization
import Tensors

/// What nearest neighbours among features tell of two sets of pictures.
///
/// A picture lies in a set's manifold where it is no further from one of its pictures than that picture's k-th nearest
/// neighbour in the set.
package struct NeighbourScores: Equatable, Sendable {
  /// The share of fakes that lie in the manifold of reals, k = 3 (Kynkaanniemi et al. 2019): fidelity.
  package let precision: Accuracy
  /// The share of reals that lie in the manifold of fakes, k = 3: variety.
  package let recall: Accuracy
  /// In how many balls of reals a fake lies in the mean, over k = 5 (Naeem et al. 2020). It may be above 1.
  package let density: Double
  /// The share of reals with a fake in their ball, k = 5.
  package let coverage: Accuracy
  /// The mean distance of two fakes over that of two reals: below 1 where fakes are more alike.
  package let diversity: Double
  /// The nearest real of each fake, as a place in the list, and its distance.
  package let nearest: [(place: Int, distance: Double)]

  /// k of precision and recall, and of density and coverage.
  static let neighbours = (manifold: 3, density: 5)
  /// Rows of a table of distances that are computed together. Their bits depend on it.
  private static let block = 128

  /// Whether all numbers are equal.
  package static func == (a: NeighbourScores, b: NeighbourScores) -> Bool {
    a.precision == b.precision && a.recall == b.recall && a.density == b.density && a.coverage == b.coverage
      && a.diversity == b.diversity && a.nearest.elementsEqual(b.nearest, by: ==)
  }

  /// Compares two sets, the ranks and their threads beside each other. Collective; the same on any number of them.
  /// - Throws: `BLASError`; errors of the message layer.
  package init(
    _ real: FeatureTable, _ fake: FeatureTable, on communicator: any Communicator, pool: ThreadPool
  ) throws {
    precondition(real.count == fake.count, "features of one kind")
    let few = min(real.pictures, fake.pictures)
    precondition(few > Self.neighbours.density, "more pictures than neighbours")
    let (reals, fakes) = (Points(real), Points(fake))
    let (near, wide) = (Self.neighbours.manifold, Self.neighbours.density)
    // Of each real: its radii, and the mean distance to the others. Of each fake likewise.
    func alone(_ points: Points) throws -> [Double] {
      try Self.rows(points, points, width: 3, on: communicator, pool) { row, distances, out in
        let sum = distances.reduce(0) { $0 + $1.squareRoot() }
        // A picture is not a neighbour of itself.
        let least = Self.least(wide, distances, without: row)
        out[0] = least[near - 1]
        out[1] = least[wide - 1]
        out[2] = sum / Double(points.count - 1)
      }
    }
    let realRows = try alone(reals)
    let fakeRows = try alone(fakes)
    // Of each fake: whether it lies near a real, in how many balls, and its nearest real.
    let ofFakes = try Self.rows(fakes, reals, width: 4, on: communicator, pool) { _, distances, out in
      var best = (0, Double.infinity)
      for (place, distance) in distances.enumerated() {
        if distance <= realRows[place * 3] { out[0] = 1 }
        if distance <= realRows[place * 3 + 1] { out[1] += 1 }
        if distance < best.1 { best = (place, distance) }
      }
      out[2] = Double(best.0)
      out[3] = best.1.squareRoot()
    }
    let ofReals = try Self.rows(reals, fakes, width: 2, on: communicator, pool) { row, distances, out in
      for (place, distance) in distances.enumerated() {
        if distance <= fakeRows[place * 3] { out[0] = 1 }
        if distance <= realRows[row * 3 + 1] { out[1] = 1 }
      }
    }
    func count(_ rows: [Double], _ column: Int, of width: Int) -> Int {
      stride(from: column, to: rows.count, by: width).count { rows[$0] > 0 }
    }
    func mean(_ rows: [Double], _ column: Int, of width: Int) -> Double {
      stride(from: column, to: rows.count, by: width).reduce(0) { $0 + rows[$1] }
        / Double(rows.count / width)
    }
    precision = Accuracy(right: count(ofFakes, 0, of: 4), of: fakes.count)
    recall = Accuracy(right: count(ofReals, 0, of: 2), of: reals.count)
    density = mean(ofFakes, 1, of: 4) / Double(wide)
    coverage = Accuracy(right: count(ofReals, 1, of: 2), of: reals.count)
    diversity = mean(fakeRows, 2, of: 3) / mean(realRows, 2, of: 3)
    nearest = (0..<fakes.count).map { (place: Int(ofFakes[$0 * 4 + 2]), distance: ofFakes[$0 * 4 + 3]) }
  }

  /// The `count` smallest of the distances but that of place `own`, ascending.
  private static func least(
    _ count: Int, _ distances: UnsafeBufferPointer<Double>, without own: Int
  ) -> [Double] {
    var least = [Double](repeating: .infinity, count: count)
    for (place, distance) in distances.enumerated() where place != own && distance < least[count - 1] {
      var at = count - 1
      while at > 0, least[at - 1] > distance {
        least[at] = least[at - 1]
        at -= 1
      }
      least[at] = distance
    }
    return least
  }

  /// Calls `body` with the squared distances of each row of `a` from all of `b`. Collective.
  /// - Parameters:
  ///   - width: how many numbers `body` makes of a row; they begin at 0.
  /// - Returns: [rows][width], on all ranks.
  private static func rows(
    _ a: Points, _ b: Points, width: Int, on communicator: any Communicator, _ pool: ThreadPool,
    _ body: (Int, UnsafeBufferPointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) throws -> [Double] {
    var made = [Double](repeating: 0, count: a.count * width)
    let blocks = (0..<(a.count + block - 1) / block).filter { $0 % communicator.size == communicator.rank }
    let failure = Mutex<(any Error)?>(nil)
    var room = [Double](repeating: 0, count: pool.threads * block * b.count)
    made.withUnsafeMutableBufferPointer { made in
      room.withUnsafeMutableBufferPointer { room in
        nonisolated(unsafe) let (made, room) = (made.baseAddress!, room.baseAddress!)
        pool.run(blocks.count) { item, worker in
          let first = blocks[item] * block
          let count = min(block, a.count - first)
          let products = room + worker * block * b.count
          do {
            try a.values.withUnsafeBufferPointer { rows in
              try doubleProduct(
                rows.baseAddress! + first * a.size, b.values, into: products, m: count, n: b.count, k: a.size)
            }
          } catch { return failure.withLock { $0 = error } }
          for row in 0..<count {
            let line = products + row * b.count
            for column in 0..<b.count {
              line[column] = max(0, a.squares[first + row] + b.squares[column] - 2 * line[column])
            }
            body(
              first + row, UnsafeBufferPointer(start: line, count: b.count), made + (first + row) * width)
          }
        }
      }
    }
    try succeedingOnAllRanks(communicator) {
      if let error = failure.withLock({ $0 }) { throw RunError("\(error)") }
    }
    try communicator.allReduce(&made, .sum)
    return made
  }

  /// Features in double precision, so that the distance of near points does not drown in rounding.
  private struct Points {
    let count: Int
    let size: Int
    let values: [Double]
    /// The squared length of each.
    let squares: [Double]

    init(_ table: FeatureTable) {
      count = table.pictures
      size = table.count
      values = (0..<table.pictures * table.count).map { Double(table.values.data[$0]) }
      squares = (0..<table.pictures).map { [values, size] row in
        (0..<size).reduce(0) { $0 + values[row * size + $1] * values[row * size + $1] }
      }
    }
  }
}
