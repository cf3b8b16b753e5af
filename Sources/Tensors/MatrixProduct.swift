import COpenBLAS

/// A row-major matrix in memory that someone else owns: a factor of a product.
package struct MatrixView {
  /// The first element.
  package let data: UnsafePointer<Float>
  /// Elements from one stored row to the next.
  package let rowStride: Int
  /// Whether the factor is the transpose of what is stored.
  package let transposed: Bool

  /// A view of the matrix at `data`, with `rowStride` elements from one stored row to the next.
  @inlinable
  package init(_ data: UnsafePointer<Float>, rowStride: Int, transposed: Bool = false) {
    self.data = data
    self.rowStride = rowStride
    self.transposed = transposed
  }
}

/// A row-major matrix in memory that someone else owns: where a product goes.
package struct MatrixTarget {
  /// The first element.
  package let data: UnsafeMutablePointer<Float>
  /// Elements from one row to the next.
  package let rowStride: Int

  /// The matrix at `data`, with `rowStride` elements from one row to the next.
  @inlinable
  package init(_ data: UnsafeMutablePointer<Float>, rowStride: Int) {
    self.data = data
    self.rowStride = rowStride
  }
}

/// C [m x n] = A [m x k] B [k x n], or C += A B where `adds`, by BLAS, on the calling thread alone, after
/// `BLAS.open`.
///
/// The bits of a row of C may depend on m, n, k and the row's place in the matrix (docs/numerics.md), so
/// how work is cut into calls is part of a run's definition.
@inline(__always)
package func matrixProduct(
  _ a: MatrixView, _ b: MatrixView, into c: MatrixTarget, m: Int, n: Int, k: Int, adds: Bool = false
) {
  ob_sgemm(
    a.transposed ? 1 : 0, b.transposed ? 1 : 0, Int32(m), Int32(n), Int32(k), 1, a.data, Int32(a.rowStride),
    b.data, Int32(b.rowStride), adds ? 1 : 0, c.data, Int32(c.rowStride))
}
