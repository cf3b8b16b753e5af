import Communication
import Tensors

/// A linear model for each class; a picture is of the class whose model gives the largest value.
struct LinearClassifier {
  /// The weights of each class; nil: the class had no picture to learn from, or no other class had.
  let weights: [[Double]?]

  /// A classifier to be trained.
  struct Job {
    /// The pictures that it learns from, as places in the list.
    var rows: [Int]
    /// C of its models.
    var c: Double
    /// Where the solver stops.
    var tolerance = LinearTask.usualTolerance
  }

  /// Trains classifiers, each class against the rest. Collective.
  /// - Parameters:
  ///   - classOf: the class of each picture of the list.
  ///   - classes: how many classes there are.
  /// - Throws: as `LinearSolver.train`.
  static func train(
    _ jobs: [Job], classOf: [Int], classes: Int, on rows: LinearRows, communicator: any Communicator,
    pool: ThreadPool
  ) throws -> [LinearClassifier] {
    var tasks: [LinearTask] = []
    var places: [[Int?]] = []
    for job in jobs {
      let own = job.rows.map { classOf[$0] }
      places.append(
        (0..<classes).map { index in
          let isPositive = own.map { $0 == index }
          guard isPositive.contains(true), isPositive.contains(false) else { return nil }
          tasks.append(
            LinearTask(
              c: job.c, rows: job.rows, isPositive: isPositive,
              tolerance: job.tolerance))
          return tasks.count - 1
        })
    }
    let weights = try LinearSolver.train(tasks, on: rows, communicator: communicator, pool: pool)
    return places.map { LinearClassifier(weights: $0.map { $0.map { weights[$0] } }) }
  }

  /// The class of each of the pictures, the ranks beside each other. Collective.
  /// - Throws: errors of the message layer.
  func classes(
    of pictures: [Int], on rows: LinearRows, communicator: any Communicator, pool: ThreadPool
  ) throws -> [Int] {
    var found = [UInt64](repeating: 0, count: pictures.count)
    let share = RankPictures.share(
      of: pictures.count, rank: communicator.rank, size: communicator.size)
    found.withUnsafeMutableBufferPointer { found in
      nonisolated(unsafe) let found = found
      pool.run(share.count) { item, _ in
        let place = share.lowerBound + item
        found[place] = UInt64(self.classOf(pictures[place], on: rows))
      }
    }
    try communicator.allReduce(&found, .max)
    return found.map { Int($0) }
  }

  private func classOf(_ row: Int, on rows: LinearRows) -> Int {
    var best = 0
    var most = -Double.infinity
    for (index, weights) in weights.enumerated() {
      guard let weights else { continue }
      let value = rows.value(row, weights)
      if value > most { (best, most) = (index, value) }
    }
    return best
  }
}
