import CKernels
import Tensors

// Our own products (Note [Own products], in ck_product.h) of strided matrices. A row may hold pairs of
// bfloat16 in place of floats; k then counts pairs.

/// The right factor of an own product, in memory that someone else owns: panels of `columns` columns.
struct PanelView {
  /// The first element of the first panel.
  let data: UnsafePointer<Float>
  /// Elements from one row of a panel to the next.
  let rowStride: Int
  /// Elements from one panel to the next.
  let panelStride: Int

  /// Columns of a panel.
  static let columns = Int(CK_PANEL)

  /// Panels that are dense in themselves.
  init(_ data: UnsafePointer<Float>, panelStride: Int) {
    self.data = data
    rowStride = Self.columns
    self.panelStride = panelStride
  }

  /// The panels of a row-major matrix, which stays as it lies.
  init(_ data: UnsafePointer<Float>, rowStride: Int) {
    self.data = data
    self.rowStride = rowStride
    panelStride = Self.columns
  }
}

/// A left factor whose rows are rows of windows: `segments` pieces of `segment` elements each.
struct WindowView {
  /// The first element.
  let data: UnsafePointer<Float>
  /// Elements from one window to the next.
  let rowStride: Int
  /// Pieces of a window.
  let segments: Int
  /// Elements of a piece.
  let segment: Int
  /// Elements from one piece to the next.
  let segmentStride: Int
}

/// C [m x n] = A [m x k] B [k x n], or C += A B where `adds`. n is rounded up to a multiple of 16: C and B have that
/// many columns.
@inline(__always)
func ownProduct(
  _ a: MatrixView, _ b: PanelView, into c: MatrixTarget, m: Int, n: Int, k: Int, adds: Bool,
  _ precision: ProductPrecision = .fp32
) {
  ck_product(
    m, n, k, a.data, a.rowStride, a.transposed ? 1 : 0,
    b.data, b.rowStride, b.panelStride,
    c.data, c.rowStride, adds ? 1 : 0, precision.factors)
}

/// C [m x n] = A B, where the rows of A are windows: k runs over the numbers of a window.
@inline(__always)
func ownProduct(_ a: WindowView, _ b: PanelView, into c: MatrixTarget, m: Int, n: Int) {
  ck_product_segments(
    m, n, a.segments, a.segment, a.data, a.rowStride, a.segmentStride,
    b.data, b.rowStride, b.panelStride,
    c.data, c.rowStride, 0)
}

/// C = A B, or C += A B where `adds`. A is transposed, B is row-major, and n is a multiple of 16.
/// - Parameter next: the factors of the product that comes after this one, of the same sizes and strides.
///   They are fetched into the cache meanwhile.
@inline(__always)
func ownProduct(
  _ a: MatrixView, _ b: MatrixView, into c: MatrixTarget, m: Int, n: Int, k: Int, adds: Bool,
  next: (a: MatrixView, b: MatrixView), _ precision: ProductPrecision
) {
  ck_product_columns(
    m, n, k, a.data, a.rowStride,
    b.data, b.rowStride,
    c.data, c.rowStride, adds ? 1 : 0, next.a.data, next.b.data, precision.factors)
}
