import CKernels
import Tensors

/// The weight gradient of a layer that is one matrix product (a dense layer, a 1 x 1 picture to a K x K one):
/// dw = large^T small over a slice's samples, added up over slices.
///
/// A slice has few samples and there are many weights, so the time goes into reading and writing memory. A
/// thread takes a block of weights and, where the pass folds, adds the slices in its cache in the order of
/// Note [Slice order] and writes only their sum.
final class ProductWeightGradient {
  private let geometry: ConvolutionGeometry
  private let rows: Int
  private let columns: Int
  private let rowStep: Int
  private let columnStep: Int
  /// Levels of the tree over slices. A thread may have to keep one block per level.
  private var levels = 1

  /// Whether this way can compute `g`: one matrix product, with enough small channels for vectors.
  static func suits(_ g: ConvolutionGeometry) -> Bool { g.isProduct && g.small.channels >= 16 }

  init(_ g: ConvolutionGeometry) {
    geometry = g
    rows = g.windowCount
    columns = g.small.channels
    columnStep = min(128, WinogradForm.padded(columns))
    rowStep = min(192, rows)
  }

  /// Makes room for the sums of up to `slices` slices.
  func prepare(slices: Int) { levels = SliceStack.levels(slices) }

  /// Floats of scratch that one thread needs, after `prepare`.
  var scratchFloats: Int { (levels * rowStep + WinogradForm.sumBlock) * columnStep }

  /// Writes the gradient of `weight`, [KH KW CL, CS], where `pass` wants it (`SliceGradients`).
  func run(
    large: UnsafePointer<Float>, small: UnsafePointer<Float>, _ weight: Parameter,
    _ gradients: SliceGradients,
    _ pass: Pass
  ) {
    let columnParts = (columns + columnStep - 1) / columnStep
    let rowParts = (rows + rowStep - 1) / rowStep
    pass.pool.run(rowParts * columnParts) { index, worker in
      let row = index / columnParts * rowStep
      let column = index % columnParts * columnStep
      let (height, width) = (min(rowStep, rows - row), min(columnStep, columns - column))
      let place = row * columns + column
      // The block's columns of the small side, in whole vectors.
      let right = pass.pool.scratch(worker)
      let floats = rowStep * columnStep
      var stack = SliceStack(
        right + WinogradForm.sumBlock * columnStep, floats: floats, count: height * columnStep)
      for slice in 0..<pass.slices.count {
        let samples = pass.slices[slice]
        let leaf = stack.push()
        leaf.update(repeating: 0, count: samples.isEmpty ? height * columnStep : 0)
        for first in stride(from: samples.lowerBound, to: samples.upperBound, by: WinogradForm.sumBlock) {
          let count = min(WinogradForm.sumBlock, samples.upperBound - first)
          ck_copy_rows(small + first * columns + column, columns, right, columnStep, count, width)
          ownProduct(
            MatrixView(large + first * rows + row, rowStride: rows, transposed: true),
            PanelView(right, rowStride: columnStep), into: MatrixTarget(leaf, rowStride: columnStep),
            m: height, n: (width + 15) / 16 * 16, k: count, adds: first > samples.lowerBound)
        }
        let own = gradients.pointer(slice: slice, weight) + place
        if pass.accumulates { ck_add_rows(own, columns, leaf, columnStep, height, width) }
        if pass.folds {
          stack.merge(after: slice)
        } else {
          ck_copy_rows(leaf, columnStep, own, columns, height, width)
          stack.drop()
        }
      }
      if pass.folds {
        ck_copy_rows(stack.total(), columnStep, gradients.total(weight) + place, columns, height, width)
      }
    }
  }
}
