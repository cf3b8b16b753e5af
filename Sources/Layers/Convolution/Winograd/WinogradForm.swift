import CKernels
import Tensors

/// A convolution as minimal filtering F(m x m, r x r) (Note [Winograd], in ck_winograd.h): what its three passes
/// have in common.
final class WinogradForm {
  let geometry: ConvolutionGeometry
  /// The precision to which the factors of products are rounded. It is float32 where a phase has more than
  /// three taps, as the larger terms of those sums would cost too many of bfloat16's 8 bits.
  let precision: ProductPrecision
  /// The form's facts, for C.
  let facts: UnsafePointer<ck_winograd>
  /// n x n, the points of a tile, where n = m + r - 1.
  let points: Int
  /// s x s, the phases of the large picture, where s is the stride.
  let phases: Int
  /// Tiles of one small picture.
  let tilesPerPicture: Int

  /// The most products that one accumulator adds up (Note [Own products]). The bits and the rounding of the
  /// sums depend on it.
  static let sumBlock = 128
  /// Floats from the end of a row to the beginning of the next one, so that rows do not share cache sets.
  static let rowGap = 16

  /// The form with tiles of m x m small pixels. nil where there is none for this geometry.
  init?(_ g: ConvolutionGeometry, tile m: Int, _ precision: ProductPrecision = .fp32) {
    guard Self.exists(g, tile: m) else { return nil }
    let taps = (g.kernelHeight + g.stride - 1) / g.stride
    let facts = UnsafeMutablePointer<ck_winograd>.allocate(capacity: 1)
    facts.initialize(
      to: ck_winograd(
        tile: Int32(m), taps: Int32(taps), stride: Int32(g.stride), kernel: Int32(g.kernelHeight),
        top: Int32(g.top),
        left: Int32(g.left), large_height: Int32(g.large.height), large_width: Int32(g.large.width),
        large_channels: Int32(g.large.channels), small_height: Int32(g.small.height),
        small_width: Int32(g.small.width), small_channels: Int32(g.small.channels)))
    self.facts = UnsafePointer(facts)
    geometry = g
    self.precision = taps > 3 ? .fp32 : precision
    points = (m + taps - 1) * (m + taps - 1)
    phases = g.stride * g.stride
    tilesPerPicture = ck_winograd_tiles(facts)
  }

  deinit { facts.deallocate() }

  /// Whether the form exists. The kernel must be square, of stride 1 or 2, with 2 to 5 taps per phase, the
  /// tile one of the sizes that exist for these taps (`ck_winograd_has`), and the channels whole vectors.
  static func exists(_ g: ConvolutionGeometry, tile m: Int) -> Bool {
    let taps = (g.kernelHeight + g.stride - 1) / g.stride
    return g.kernelHeight == g.kernelWidth && (1...2).contains(g.stride)
      && ck_winograd_has(Int32(m), Int32(taps)) != 0
      && g.large.channels % 16 == 0 && g.small.channels % 16 == 0 && !g.isProduct && g.top >= 0 && g.left >= 0
  }

  /// "F(2x2, 2x2)", with " bf16" where that is the precision.
  var name: String {
    let (m, r) = (facts.pointee.tile, facts.pointee.taps)
    return "F(\(m)x\(m), \(r)x\(r))\(precision == .bf16 ? " bf16" : "")"
  }

  /// `columns` rounded up to whole panels.
  static func padded(_ columns: Int) -> Int {
    (columns + PanelView.columns - 1) / PanelView.columns * PanelView.columns
  }

  /// The layout of memory for one number per (point, row, column): points lie `pointStride` floats apart,
  /// rows `rowStride` floats.
  struct Block {
    let rowStride: Int
    let pointStride: Int
    let floats: Int

    init(points: Int, rows: Int, columns: Int) {
      rowStride = columns + WinogradForm.rowGap
      pointStride = rows * rowStride + WinogradForm.rowGap
      floats = points * pointStride
    }

    /// The matrix of `point` from `row` and `column` on, of a block that begins at `base`.
    @inline(__always)
    func matrix(
      _ base: UnsafePointer<Float>, point: Int, row: Int = 0, column: Int = 0, transposed: Bool = false
    ) -> MatrixView {
      MatrixView(
        base + (point * pointStride + row * rowStride + column), rowStride: rowStride, transposed: transposed)
    }

    /// The matrix of `point`, to be written.
    @inline(__always)
    func target(_ base: UnsafeMutablePointer<Float>, point: Int) -> MatrixTarget {
      MatrixTarget(base + point * pointStride, rowStride: rowStride)
    }
  }

  /// Tiles that a thread takes at a time, where its blocks have `columns` floats per tile and point. They
  /// fill about the second-level cache, so that weights are used often before they leave it.
  static func mostTiles(points: Int, columns: Int) -> Int {
    max(24, min(128, 460_000 / (points * (columns + 2 * rowGap)) / 12 * 12))
  }

  /// The size of a part where `count` is cut as evenly as possible into parts of at most `most`: a multiple
  /// of `unit`. The last part takes what is left.
  static func part(of count: Int, most: Int, unit: Int) -> Int {
    let parts = max(1, (count + most - 1) / most)
    return ((count + parts - 1) / parts + unit - 1) / unit * unit
  }
}
