import CKernels
import Tensors

/// The weight gradient by a Winograd form, dg = G' (B d . A' dy), added up over slices.
///
/// A thread takes a block of large and of small channels of one phase. For one slice after the other it adds up
/// the points' products over the slice's tiles, transforms them back to taps, and adds the slices in the order of
/// Note [Slice order], all in its cache; only the sum is written to memory.
final class WinogradWeightGradient {
  let form: WinogradForm
  private let windows: WinogradForm.Block
  private let tiles: WinogradForm.Block
  private let products: WinogradForm.Block
  private let largeStep: Int
  private let smallStep: Int
  /// Levels of the tree that a thread may have to keep.
  private var levels = 1

  /// Tiles of one call: the most that one accumulator adds up (Note [Own products]).
  private var tileStep: Int { form.points <= 9 ? 64 : 32 }
  private var taps: Int { Int(form.facts.pointee.taps * form.facts.pointee.taps) }
  /// Floats of one slice's block of taps.
  private var leafFloats: Int { taps * largeStep * smallStep }

  init(_ form: WinogradForm) {
    self.form = form
    let g = form.geometry
    largeStep = min(64, g.large.channels)
    smallStep = min(form.points <= 9 ? 128 : 64, WinogradForm.padded(g.small.channels))
    let tileStep = form.points <= 9 ? 64 : 32
    windows = .init(points: form.points, rows: tileStep, columns: largeStep)
    tiles = .init(points: form.points, rows: tileStep, columns: smallStep)
    products = .init(points: form.points, rows: largeStep, columns: smallStep)
  }

  /// Makes room for the sums of up to `slices` slices.
  func prepare(slices: Int) {
    levels = 1
    while 1 << (levels - 1) < slices { levels += 1 }
  }

  var scratchFloats: Int { windows.floats + tiles.floats + products.floats + levels * leafFloats }

  /// Writes the gradient of `weight`, [KH, KW, CL, CS], where `pass` wants it (`SliceGradients`).
  func run(
    large: UnsafePointer<Float>, small: UnsafePointer<Float>, _ weight: Parameter,
    _ gradients: SliceGradients,
    _ pass: Pass
  ) {
    let g = form.geometry
    let largeParts = (g.large.channels + largeStep - 1) / largeStep
    let smallParts = (g.small.channels + smallStep - 1) / smallStep
    pass.pool.run(form.phases * largeParts * smallParts) { index, worker in
      let rows = index / smallParts % largeParts * largeStep
      let columns = index % smallParts * smallStep
      let block = WeightBlock(
        phase: index / smallParts / largeParts, rows: rows..<min(rows + largeStep, g.large.channels),
        columns: columns..<min(columns + smallStep, g.small.channels))
      let scratch = pass.pool.scratch(worker)
      let leaves = scratch + (windows.floats + tiles.floats + products.floats)
      var stack = SliceStack(leaves, floats: leafFloats, count: taps * block.rows.count * block.columns.count)
      for slice in 0..<pass.slices.count {
        let leaf = stack.push()
        addUp(block, samples: pass.slices[slice], large, small, into: leaf, scratch: scratch)
        if pass.accumulates { transfer(block, leaf, gradients.pointer(slice: slice, weight), .addToBlock) }
        if pass.folds {
          stack.merge(after: slice)
        } else {
          transfer(block, leaf, gradients.pointer(slice: slice, weight), .store)
          stack.drop()
        }
      }
      if pass.folds { transfer(block, stack.total(), gradients.total(weight), .store) }
    }
  }

  /// A part of the weights: one phase's taps, rows of large channels, columns of small ones.
  private struct WeightBlock {
    let phase: Int
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// One slice's gradient of a block, as [taps, rows, columns].
  private func addUp(
    _ block: WeightBlock, samples: Range<Int>, _ large: UnsafePointer<Float>, _ small: UnsafePointer<Float>,
    into leaf: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    if samples.isEmpty {
      return leaf.update(repeating: 0, count: taps * block.rows.count * block.columns.count)
    }
    let tile = scratch + windows.floats
    let product = tile + tiles.floats
    let end = samples.upperBound * form.tilesPerPicture
    var begun = false
    for first in stride(from: samples.lowerBound * form.tilesPerPicture, to: end, by: tileStep) {
      let count = min(tileStep, end - first)
      ck_winograd_window(
        form.facts, large, first, count, Int32(block.phase), Int32(block.rows.lowerBound),
        Int32(block.rows.count),
        scratch, windows.rowStride, windows.pointStride)
      ck_winograd_output_transposed(
        form.facts, small, first, count, Int32(block.columns.lowerBound), Int32(block.columns.count), tile,
        tiles.rowStride, tiles.pointStride)
      for point in 0..<form.points {
        ck_product(
          block.rows.count, block.columns.count, count, scratch + point * windows.pointStride,
          windows.rowStride, 1,
          tile + point * tiles.pointStride, tiles.rowStride, Int(CK_PANEL),
          product + point * products.pointStride,
          products.rowStride, begun ? 1 : 0)
      }
      begun = true
    }
    ck_winograd_filter_transposed(
      form.facts, product, products.rowStride, products.pointStride, block.rows.count, block.columns.count,
      leaf)
  }

  private enum Transfer { case store, addToBlock }

  /// Moves a block of taps to its place in the weights, or adds what is there to the block.
  private func transfer(
    _ block: WeightBlock, _ leaf: UnsafeMutablePointer<Float>, _ weights: UnsafeMutablePointer<Float>,
    _ transfer: Transfer
  ) {
    ck_winograd_taps(
      form.facts, Int32(block.phase), block.rows.lowerBound, block.rows.count, block.columns.lowerBound,
      block.columns.count, leaf, weights, transfer == .addToBlock ? 1 : 0)
  }
}
