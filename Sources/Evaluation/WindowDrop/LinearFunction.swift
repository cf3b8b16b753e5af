import Communication
import Tensors

/// w x + b, for numbers as they are, not brought to mean 0 and standard deviation 1.
struct LinearFunction: Equatable {
  var weights: [Double]
  var constant: Double

  /// The value for as many numbers as there are weights.
  func callAsFunction(_ x: UnsafePointer<Float>) -> Double {
    var sum = constant
    for index in weights.indices { sum += weights[index] * Double(x[index]) }
    return sum
  }
}

/// A linear model of rows of numbers, in two forms.
struct FittedModel {
  /// The weights of the numbers with mean 0 and standard deviation 1, which can be compared with one another.
  let standardised: [Double]
  /// The same model for numbers as they are.
  let function: LinearFunction

  /// Trains a model that tells some rows from others. Collective.
  /// - Throws: as `LinearSolver.train`.
  init(_ task: LinearTask, on rows: LinearRows, communicator: any Communicator, pool: ThreadPool) throws {
    let trained = try LinearSolver.train([task], on: rows, communicator: communicator, pool: pool)[0]
    standardised = Array(trained.dropLast())
    let weights = zip(standardised, rows.scales).map { $0 * $1 }
    function = LinearFunction(
      weights: weights,
      constant: (trained.last ?? 0) - zip(weights, rows.means).reduce(0) { $0 + $1.0 * $1.1 })
  }
}

extension LinearRows {
  /// Rows that ranks have computed in shares. Collective.
  /// - Parameter table: each rank has written the rows of its share, and the others are 0. Gets all rows.
  /// - Throws: `RunError`, the same on all ranks, where there is no LIBLINEAR or too little memory; errors of the message
  ///   layer.
  convenience init(sharing table: FeatureTable, on communicator: any Communicator, pool: ThreadPool) throws {
    try communicator.allReduce(table.values.bytes, as: .float32, .sum)
    try self.init(
      table, basis: Array(0..<table.pictures), ranksOfHost: communicator.localSize, pool: pool)
  }
}
