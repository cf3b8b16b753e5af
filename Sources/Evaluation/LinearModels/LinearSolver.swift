import CLIBLINEAR
import Cluster
import Communication
import Synchronization
import Tensors

/// A linear model to be trained: it tells some pictures of a list from others.
package struct LinearTask: Sendable {
  /// The loss that is summed over pictures, beside half of the weights' squared length.
  package enum Loss: Sendable {
    /// max(0, 1 - y w x)^2: a support vector machine.
    case squaredHinge
    /// log(1 + exp(-y w x)): logistic regression.
    case logistic
  }

  /// What is summed.
  package var loss: Loss
  /// C, the weight of the sum over pictures.
  package var c: Double
  /// The pictures that it is trained on, as places in the list.
  package var rows: [Int]
  /// For each of them whether it belongs to the class. Both kinds must be there.
  package var isPositive: [Bool]
  /// Where the solver stops. Squared hinge: the range of the dual's projected gradient over the pictures. Logistic: the
  /// gradient's length, as a share of that at 0 times the smaller kind's share of the pictures.
  package var tolerance: Double

  /// LIBLINEAR's own tolerance for logistic regression, and a tenth of that for its support vector machine.
  package static let usualTolerance = 0.01

  /// A task from its parts.
  package init(
    loss: Loss = .squaredHinge, c: Double, rows: [Int], isPositive: [Bool],
    tolerance: Double = Self.usualTolerance
  ) {
    self.tolerance = tolerance
    self.loss = loss
    self.c = c
    self.rows = rows
    self.isPositive = isPositive
  }
}

/// Trains linear models by LIBLINEAR (Fan et al. 2008), which is loaded when it is first needed.
package enum LinearSolver {
  /// Loads the library. After `Machine.openLibraries`, as it may bring OpenBLAS along (Note [BLAS core]).
  /// - Throws: `RunError` that says how to install it.
  package static func open() throws {
    guard ll_open() == 0 else {
      throw RunError(
        "linear models need LIBLINEAR (\(String(cString: ll_error()))): install it, on Debian or Ubuntu with: "
          + "apt-get install liblinear-dev")
    }
  }

  /// Trains each task, the ranks beside each other; for logistic regression their threads too (`ll_train`). Collective,
  /// with the same tasks on all ranks.
  /// - Returns: for each task features + 1 weights, the last one a constant; the same on all ranks, whatever their number.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  package static func train(
    _ tasks: [LinearTask], on rows: LinearRows, communicator: any Communicator, pool: ThreadPool
  ) throws -> [[Double]] {
    let size = rows.features + 1
    var all = [Double](repeating: 0, count: tasks.count * size)
    let own = tasks.indices.filter { $0 % communicator.size == communicator.rank }
    let failed = Mutex(false)
    all.withUnsafeMutableBufferPointer { all in
      nonisolated(unsafe) let all = all
      nonisolated(unsafe) let handle = rows.handle
      pool.run(own.count) { item, _ in
        let task = tasks[own[item]]
        precondition(task.isPositive.contains(true) && task.isPositive.contains(false), "two classes")
        let solver = task.loss == .logistic ? ll_logistic : ll_svm
        let result = ll_train(
          handle, task.rows, task.isPositive.map { $0 ? 1 : 0 }, Int32(task.rows.count),
          Int32(solver.rawValue), task.c, task.tolerance, all.baseAddress! + own[item] * size)
        if result != 0 { failed.withLock { $0 = true } }
      }
    }
    try succeedingOnAllRanks(communicator) {
      if failed.withLock({ $0 }) { throw RunError("LIBLINEAR could not train a model: it had no memory") }
    }
    try communicator.allReduce(&all, .sum)
    return tasks.indices.map { Array(all[$0 * size..<($0 + 1) * size]) }
  }
}
