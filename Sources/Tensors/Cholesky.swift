import COpenBLAS

/// The products of the rows of X with each other, X X^T, in the lower triangle; 0 above the diagonal. By OpenBLAS, on the
/// calling thread, in double precision. After `BLAS.open`.
/// - Parameters:
///   - rows: N, the number of rows of X; at least one.
///   - columns: how many columns X has.
///   - fill: is given columns, and room [N][columns.count] for them, which it fills.
/// - Returns: [N][N].
/// - Throws: `BLASError` where the library cannot do it.
package func sumsOfProducts(
  rows: Int, columns: Int, fill: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
) throws -> [Double] {
  precondition(rows > 0, "a matrix has rows")
  var sums = [Double](repeating: 0, count: rows * rows)
  // A part of the columns at a time, as all of them in Double may take more memory than all else.
  let most = 512
  var part = [Double](repeating: 0, count: rows * min(most, columns))
  for first in stride(from: 0, to: columns, by: most) {
    let range = first..<min(first + most, columns)
    part.withUnsafeMutableBufferPointer { fill(range, $0.baseAddress!) }
    guard ob_add_products(Int32(rows), Int32(range.count), part, &sums) == 0 else {
      throw BLASError(description: "OpenBLAS was built without double precision, which this command needs")
    }
  }
  return sums
}

/// L, lower triangular, with L L^T = X X^T + e I, where e is 1e-10 of the mean of the diagonal: with it, rows of X that are
/// equal or depend on each other still have an L. By OpenBLAS and its LAPACK, on the calling thread. After `BLAS.open`.
/// - Parameters: as `sumsOfProducts`.
/// - Returns: [N][N], with 0 above the diagonal.
/// - Throws: `BLASError` where the library has no LAPACK, or X holds numbers that are not finite.
package func choleskyOfProducts(
  rows: Int, columns: Int, fill: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
) throws -> [Double] {
  var factor = try sumsOfProducts(rows: rows, columns: columns, fill: fill)
  let diagonal = (0..<rows).reduce(0) { $0 + factor[$1 * rows + $1] }
  for i in 0..<rows { factor[i * rows + i] += 1e-10 * (diagonal > 0 ? diagonal : 1) / Double(rows) }
  var code = ob_cholesky(Int32(rows), &factor)
  // LAPACK gives NaN for some NaN, and says nothing.
  if code == 0, !(0..<rows).allSatisfy({ factor[$0 * rows + $0].isFinite }) { code = 1 }
  guard code == 0 else {
    throw BLASError(
      description: code < 0
        ? "OpenBLAS was built without LAPACK, so linear models of few pictures cannot be computed"
        : "LAPACK finds no triangular factor of the products of \(rows) rows (code \(code)); do they hold numbers that are "
          + "not finite?")
  }
  return factor
}
