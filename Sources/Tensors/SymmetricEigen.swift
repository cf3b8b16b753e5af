import COpenBLAS

/// Eigenvalues and eigenvectors of a symmetric matrix, by the LAPACK of OpenBLAS, on the calling thread alone. After
/// `BLAS.open`.
/// - Parameters:
///   - matrix: [n][n].
///   - n: the number of rows.
/// - Returns: the eigenvalues, ascending, and [n][n] with an eigenvector of length 1 in each row, in their order.
/// - Throws: `BLASError` where the library has no LAPACK, or LAPACK fails.
package func symmetricEigen(_ matrix: [Double], n: Int) throws -> (values: [Double], vectors: [Double]) {
  precondition(matrix.count == n * n, "the matrix is square")
  var vectors = matrix
  var values = [Double](repeating: 0, count: n)
  var code = ob_symmetric_eigen(Int32(n), &vectors, &values)
  // LAPACK gives NaN for NaN, and says nothing.
  if code == 0, !values.allSatisfy(\.isFinite) { code = 1 }
  guard code == 0 else {
    throw BLASError(
      description: code == -1
        ? "OpenBLAS was built without LAPACK, or has no memory left, so eigenvectors cannot be computed"
        : "LAPACK finds no eigenvectors of a matrix of \(n) rows (code \(code)); does it hold numbers that are not finite?"
    )
  }
  return (values, vectors)
}
