import CLIBLINEAR
import Cluster
import Tensors
import Wording

/// Features of a list of pictures in the form in which LIBLINEAR reads them, each number with mean 0 and standard
/// deviation 1 over the pictures of a part of the list. A number that is the same in all of these becomes 0.
package final class LinearRows: @unchecked Sendable {
  /// How many pictures.
  package let count: Int
  /// How many numbers a picture has.
  package let features: Int
  /// What is subtracted from each number.
  package let means: [Double]
  /// What each number is multiplied by then.
  package let scales: [Double]
  let handle: OpaquePointer

  /// Takes the features of `table`.
  /// - Parameters:
  ///   - basis: the pictures over which mean and standard deviation are taken; at least one.
  ///   - ranksOfHost: how many ranks of this host take rows too.
  /// - Throws: `RunError` where there is no LIBLINEAR, or not enough memory.
  package init(_ table: FeatureTable, basis: [Int], ranksOfHost: Int = 1, pool: ThreadPool) throws {
    try LinearSolver.open()
    count = table.pictures
    features = table.count
    let bytes = Int(ll_rows_bytes(table.pictures, Int32(table.count))) * ranksOfHost
    let free = MemoryBounds.own().compactMap(\.left).min() ?? .max
    guard bytes < free, let handle = ll_rows_make(table.pictures, Int32(table.count)) else {
      throw Self.lack(of: bytes, free: max(0, free), for: table, ranksOfHost)
    }
    self.handle = handle
    let (means, scales) = Self.moments(table, basis, pool)
    self.means = means
    self.scales = scales
    nonisolated(unsafe) let rows = handle
    pool.run(table.pictures) { row, _ in
      ll_rows_set(rows, row, table.values.data + row * table.count, means, scales)
    }
  }

  private static func lack(
    of bytes: Int, free: Int, for table: FeatureTable, _ ranks: Int
  ) -> RunError {
    let what = "\(grouped(table.pictures)) pictures with \(grouped(table.count)) features"
    let (who, fewer) = ranks > 1 ? (" on this host's \(ranks) ranks", "fewer ranks on a host, ") : ("", "")
    return RunError(
      "a linear model of \(what) takes \(bytes >> 20) MiB\(who), and \(free >> 20) MiB are free: take fewer pictures, "
        + "\(fewer)or a narrower network")
  }

  deinit { ll_rows_free(handle) }

  /// The value of a model for a picture: positive for its class.
  /// - Parameter weights: as `LinearSolver.train` gives them.
  package func value(_ row: Int, _ weights: [Double]) -> Double { ll_value(handle, row, weights) }

  /// Each number's mean, and 1 over its standard deviation, or 0 where that is 0.
  private static func moments(
    _ table: FeatureTable, _ basis: [Int], _ pool: ThreadPool
  ) -> (means: [Double], scales: [Double]) {
    var means = [Double](repeating: 0, count: table.count)
    var scales = means
    means.withUnsafeMutableBufferPointer { means in
      scales.withUnsafeMutableBufferPointer { scales in
        nonisolated(unsafe) let (means, scales) = (means, scales)
        // Rows outside, as they lie in memory; a thread takes a part of the columns.
        pool.runChunks(table.count, chunk: 512) { columns in
          for row in basis {
            let values = table.values.data + row * table.count
            for column in columns { means[column] += Double(values[column]) }
          }
          for column in columns { means[column] /= Double(basis.count) }
          for row in basis {
            let values = table.values.data + row * table.count
            for column in columns {
              let difference = Double(values[column]) - means[column]
              scales[column] += difference * difference
            }
          }
          for column in columns {
            let deviation = (scales[column] / Double(basis.count)).squareRoot()
            scales[column] = deviation > 1e-12 * max(1, abs(means[column])) ? 1 / deviation : 0
          }
        }
      }
    }
    return (means, scales)
  }
}
