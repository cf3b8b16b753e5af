import COpenBLAS

/// A row-major matrix in memory that someone else owns.
package struct MatrixView {
  /// The first element.
  package var data: UnsafePointer<Float>
  /// Elements from one stored row to the next.
  package var leading: Int
  /// Whether the operand is the transpose of what is stored.
  package var transposed: Bool

  /// A view of the matrix at `data`, with `leading` elements from one stored row to the next.
  package init(_ data: UnsafePointer<Float>, leading: Int, transposed: Bool = false) {
    self.data = data
    self.leading = leading
    self.transposed = transposed
  }
}

/// C [m x n] = A [m x k] B [k x n] + beta C by BLAS, on the calling thread alone, after `BLAS.open`.
///
/// Bits: a row of C may differ with m, n, k and its place among the rows (docs/numerics.md), so how work is
/// cut into calls is part of a run's definition.
@inline(__always)
package func matrixProduct(
  m: Int, n: Int, k: Int, _ a: MatrixView, _ b: MatrixView, beta: Float = 0,
  _ c: UnsafeMutablePointer<Float>, leading: Int
) {
  ob_sgemm(
    a.transposed ? 1 : 0, b.transposed ? 1 : 0, Int32(m), Int32(n), Int32(k), 1, a.data, Int32(a.leading),
    b.data,
    Int32(b.leading), beta, c, Int32(leading))
}
