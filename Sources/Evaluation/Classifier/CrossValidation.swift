import Cluster
import Communication
import Foundation
import Tensors

/// Chooses C, the weight of the sum over pictures, by cross-validation.
///
/// Each fold is told apart by a classifier of the other folds. C rises from 1e-6 by factors of 4, and stops where two
/// in turn are no better than the best before; of equals the smaller is taken, as it regularises more and is faster.
struct CrossValidation {
  /// How many folds there are, where the rarest class has as many pictures.
  static let mostFolds = 3
  /// The most pictures that take part; more would change the choice little, and take long.
  static let mostPictures = 3_000
  /// The solver's tolerance, which changes accuracies by less than folds do.
  private static let tolerance = 0.1
  /// The values of C that are tried.
  static let values = (0...10).map { 1e-6 * pow(4, Double($0)) }

  /// The best C.
  let c: Double
  /// The share of pictures whose class was found, for each C that was tried.
  let tried: [(c: Double, accuracy: Double)]

  /// Chooses C for the pictures `rows`. Collective.
  /// - Parameters:
  ///   - step: tells uses of one seed apart.
  ///   - show: is told of each C.
  /// - Throws: as `LinearSolver.train`.
  init(
    _ rows: [Int], classOf: [Int], classes: Int, on table: LinearRows, seed: UInt64, step: Int = 0,
    communicator: any Communicator, pool: ThreadPool,
    show: (_ c: Double, _ accuracy: Double) -> Void = { _, _ in }
  ) throws {
    // A part of the pictures has as much of each class as all of them have.
    let chosen = RandomChoice.shuffled(rows.count, seed: seed, stream: 3, step: step).prefix(
      Self.mostPictures
    )
    .map { rows[$0] }
    let (table, list, classOf) = try Self.fastest(chosen, classOf, of: table, communicator, pool)
    let folds = max(2, min(Self.mostFolds, list.count))
    // Each fold has its part of each class.
    var seen: [Int: Int] = [:]
    let foldOf = list.map { row in
      let number = seen[classOf[row], default: 0]
      seen[classOf[row]] = number + 1
      return number % folds
    }
    let parts = (0..<folds).map { fold in
      (
        held: zip(list, foldOf).filter { $0.1 == fold }.map(\.0),
        rest: zip(list, foldOf).filter { $0.1 != fold }.map(\.0)
      )
    }
    var tried: [(c: Double, accuracy: Double)] = []
    var best = (c: Self.values[0], accuracy: -1.0)
    var worse = 0
    for c in Self.values where worse < 2 {
      let trained = try LinearClassifier.train(
        parts.map { .init(rows: $0.rest, c: c, tolerance: Self.tolerance) }, classOf: classOf,
        classes: classes, on: table, communicator: communicator, pool: pool)
      var right = 0
      for (part, classifier) in zip(parts, trained) {
        let found = try classifier.classes(of: part.held, on: table, communicator: communicator, pool: pool)
        right += zip(part.held, found).count { classOf[$0] == $1 }
      }
      let accuracy = Double(right) / Double(list.count)
      tried.append((c, accuracy))
      show(c, accuracy)
      worse = accuracy > best.accuracy ? 0 : worse + 1
      if accuracy > best.accuracy { best = (c, accuracy) }
    }
    c = best.c
    self.tried = tried
  }

  /// The pictures in the form that trains in less time: a table, their places in it, and the class at each place.
  private static func fastest(
    _ chosen: [Int], _ classOf: [Int], of table: LinearRows, _ communicator: any Communicator,
    _ pool: ThreadPool
  ) throws -> (LinearRows, [Int], [Int]) {
    // Note [Row space]
    guard chosen.count < table.features else { return (table, chosen, classOf) }
    let own = try succeedingOnAllRanks(communicator) {
      try LinearRows(rowSpaceOf: table, chosen, ranksOfHost: communicator.localSize, pool: pool)
    }
    return (own, Array(chosen.indices), chosen.map { classOf[$0] })
  }
}
