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
    handle = try Self.room(pictures: count, features: features, ranksOfHost: ranksOfHost)
    let (means, scales) = Self.moments(table, basis, pool)
    self.means = means
    self.scales = scales
    nonisolated(unsafe) let rows = handle
    pool.run(table.pictures) { row, _ in
      ll_rows_set(rows, row, table.values.data + row * table.count, means, scales)
    }
  }

  // Note [Row space]
  // ~~~~~~~~~~~~~~~~
  // The best weights of a linear model are a sum of the rows that it is trained on, and training reads these rows only in
  // products with each other. So N rows in other axes, in which their products are the same, train the same model: those of
  // L, lower triangular, with L L^T = X X^T. They have N numbers in place of F, half of them 0, so that with N rows below
  // F coordinate descent takes less than N / 2F of the time. Models trained so know the N rows only.

  /// The rows `chosen` of `rows` in axes of their own, as Note [Row space] has it: as many numbers as rows.
  /// - Parameter ranksOfHost: how many ranks of this host take rows too.
  /// - Throws: `RunError` where there is not enough memory; `BLASError` where OpenBLAS has no LAPACK.
  package init(rowSpaceOf rows: LinearRows, _ chosen: [Int], ranksOfHost: Int = 1, pool: ThreadPool) throws {
    count = chosen.count
    features = chosen.count
    means = [Double](repeating: 0, count: chosen.count)
    scales = [Double](repeating: 1, count: chosen.count)
    handle = try Self.room(pictures: count, features: features, ranksOfHost: ranksOfHost)
    nonisolated(unsafe) let (from, to) = (rows.handle, handle)
    let factor = try choleskyOfProducts(rows: chosen.count, columns: rows.features) { columns, room in
      nonisolated(unsafe) let room = room
      pool.run(chosen.count) { row, _ in
        ll_rows_get(
          from, chosen[row], Int32(columns.lowerBound), Int32(columns.count), room + row * columns.count)
      }
    }
    factor.withUnsafeBufferPointer { factor in
      nonisolated(unsafe) let factor = factor.baseAddress!
      pool.run(chosen.count) { [count] row, _ in
        ll_rows_set_first(to, row, factor + row * count, Int32(row + 1))
      }
    }
  }

  /// Room for rows, where there is memory for them on each rank of this host.
  private static func room(pictures: Int, features: Int, ranksOfHost: Int) throws -> OpaquePointer {
    let bytes = Int(ll_rows_bytes(pictures, Int32(features))) * ranksOfHost
    let free = MemoryBounds.own().compactMap(\.left).min() ?? .max
    guard bytes < free, let handle = ll_rows_make(pictures, Int32(features)) else {
      throw lack(of: bytes, free: max(0, free), pictures, features, ranksOfHost)
    }
    return handle
  }

  private static func lack(
    of bytes: Int, free: Int, _ pictures: Int, _ features: Int, _ ranks: Int
  ) -> RunError {
    let what = "\(grouped(pictures)) pictures with \(grouped(features)) features"
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
