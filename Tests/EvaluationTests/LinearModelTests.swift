import Cluster
import Communication
import Evaluation
import Foundation
import Tensors
import TestRanks
import TestSupport
import Testing

/// Made-up features of `pictures` pictures, and of each whether it belongs to a class that they tell roughly.
struct MadeFeatures {
  let table: FeatureTable
  let isPositive: [Bool]

  init(pictures: Int, count: Int) {
    var numbers = Numbers(5)
    table = FeatureTable(pictures: pictures, count: count)
    var positive: [Bool] = []
    for picture in 0..<pictures {
      let values = numbers.floats(count)
      for (i, value) in values.enumerated() { table.values.data[picture * count + i] = 3 * value + Float(i) }
      positive.append(values[0] + 0.5 * values[1] + 0.3 * numbers.floats(1)[0] > 0)
    }
    isPositive = positive
  }
}

@Suite("Linear models") struct LinearModelTests {
  private let pool = ThreadPool(threads: 2)
  private let made = MadeFeatures(pictures: 90, count: 7)

  init() throws { try Machine.openLibraries() }

  /// The features as the solver has them, with the constant 1.
  private func standardized(_ rows: LinearRows) -> [[Double]] {
    (0..<rows.count).map { row in
      (0..<rows.features).map {
        (Double(made.table.values.data[row * rows.features + $0]) - rows.means[$0]) * rows.scales[$0]
      } + [1]
    }
  }

  @Test("Numbers get mean 0 and deviation 1 over a part of the pictures, and a constant one becomes 0")
  func standardizes() throws {
    for picture in 0..<90 { made.table.values.data[picture * 7 + 3] = 4 }
    let basis = Array(stride(from: 0, to: 90, by: 2))
    let rows = try LinearRows(made.table, basis: basis, pool: pool)
    let values = standardized(rows)
    for i in 0..<7 {
      let column = basis.map { values[$0][i] }
      let mean = column.reduce(0, +) / 45
      #expect(abs(mean) < 1e-12)
      let variance = column.reduce(0) { $0 + $1 * $1 } / 45
      #expect(abs(variance - (i == 3 ? 0 : 1)) < 1e-12)
    }
    #expect(rows.scales[3] == 0)
    var weights = [Double](repeating: 0, count: 8)
    weights[2] = 2
    weights[7] = 0.5
    #expect(abs(rows.value(5, weights) - (2 * values[5][2] + 0.5)) < 1e-12)
  }

  /// The gradient of |w|^2 / 2 + C sum loss at `weights`, from the formula.
  private func gradient(_ task: LinearTask, _ rows: LinearRows, _ weights: [Double]) -> Double {
    let values = standardized(rows)
    var sum = weights
    for (row, isPositive) in zip(task.rows, task.isPositive) {
      let y = isPositive ? 1.0 : -1.0
      let margin = y * zip(weights, values[row]).reduce(0) { $0 + $1.0 * $1.1 }
      let slope =
        task.loss == .logistic ? -y / (1 + exp(margin)) : -2 * y * max(0, 1 - margin)
      for i in sum.indices { sum[i] += task.c * slope * values[row][i] }
    }
    return sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test(
    "At the weights the gradient of the objective is nearly 0",
    arguments: [LinearTask.Loss.squaredHinge, .logistic])
  func isOptimal(loss: LinearTask.Loss) throws {
    let rows = try LinearRows(made.table, basis: Array(0..<90), pool: pool)
    let chosen = Array(0..<90).filter { $0 % 3 > 0 }
    for c in [0.01, 1] {
      let task = LinearTask(
        loss: loss, c: c, rows: chosen, isPositive: chosen.map { made.isPositive[$0] }, tolerance: 1e-6)
      let weights = try LinearSolver.train(
        [task], on: rows, communicator: SingleProcessCommunicator(), pool: pool)[0]
      let beginning = gradient(task, rows, [Double](repeating: 0, count: 8))
      #expect(gradient(task, rows, weights) < 1e-5 * beginning)
      #expect(weights[0] > 0 && weights[0] > abs(weights[4]))
    }
  }

  @Test("Any number of ranks and threads gives the same weights", arguments: [1, 2, 4])
  func sameOnRanks(ranks: Int) throws {
    let table = made.table
    let isPositive = made.isPositive
    let tasks = (0..<5).map { number in
      let chosen = Array(number..<90)
      return LinearTask(c: 0.1, rows: chosen, isPositive: chosen.map { isPositive[$0] })
    }
    @Sendable func weights(_ communicator: any Communicator, threads: Int) throws -> [[Double]] {
      let pool = ThreadPool(threads: threads)
      let rows = try LinearRows(table, basis: Array(0..<90), pool: pool)
      return try LinearSolver.train(tasks, on: rows, communicator: communicator, pool: pool)
    }
    let alone = try weights(SingleProcessCommunicator(), threads: 3)
    let all = try ThreadCommunicator.run(ranks: ranks) { try weights($0, threads: 1) }
    for rank in all { #expect(rank == alone) }
  }

  @Test(
    "Rows in axes of their own train the same model", arguments: [LinearTask.Loss.squaredHinge, .logistic])
  func rowSpace(loss: LinearTask.Loss) throws {
    let made = MadeFeatures(pictures: 60, count: 700)
    // A picture twice, as data have it.
    (made.table.values.data + 59 * 700).update(from: made.table.values.data, count: 700)
    let rows = try LinearRows(made.table, basis: Array(0..<60), pool: pool)
    let chosen = Array((0..<60).reversed())
    let own = try LinearRows(rowSpaceOf: rows, chosen, pool: pool)
    #expect(own.features == 60)
    func values(_ rows: LinearRows, _ places: [Int]) throws -> [Double] {
      let rest = Array(places.dropFirst(20))
      let task = LinearTask(
        loss: loss, c: 0.001, rows: rest, isPositive: chosen.dropFirst(20).map { made.isPositive[$0] },
        tolerance: 1e-8)
      let weights = try LinearSolver.train(
        [task], on: rows, communicator: SingleProcessCommunicator(), pool: pool)[0]
      return places.map { rows.value($0, weights) }
    }
    for (one, other) in zip(try values(rows, chosen), try values(own, Array(0..<60))) {
      #expect(abs(one - other) < 1e-6)
    }
  }

  @Test("More rows than there is memory for are an error in words, before memory is taken")
  func lackOfMemory() throws {
    let error = #expect(throws: RunError.self) {
      _ = try LinearRows(made.table, basis: [0], ranksOfHost: 1 << 40, pool: pool)
    }
    #expect(
      error?.description.contains("take fewer pictures, fewer ranks on a host, or a narrower network") == true
    )
  }
}

@Suite("Shares with intervals") struct AccuracyTests {
  @Test("The interval is Wilson's") func interval() {
    // Wilson (1927), computed apart.
    let interval = Accuracy(right: 8, of: 10).interval
    #expect(abs(interval.lowerBound - 0.49016247153664) < 1e-9)
    #expect(abs(interval.upperBound - 0.94331784854562) < 1e-9)
    #expect(Accuracy(right: 0, of: 5).interval.lowerBound == 0)
    #expect(Accuracy(right: 5, of: 5).interval.upperBound == 1)
  }
}
