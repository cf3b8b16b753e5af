import CKernels
import Tensors

/// The weight gradient by a Winograd form, dg = G' (B d . A' dy), added up over slices.
///
/// First the windows and tiles of all slices are transformed into memory that the threads share, as every
/// block of weights needs them. Where that would take too much memory, this is done for some whole slices
/// at a time. Then a thread takes a block of large and of small channels of one phase. For each slice in
/// turn it adds up each point's products over the slice's tiles, transforms the sums back to taps, and,
/// where the pass folds, adds the slices in the order of Note [Slice order]. All of this stays in its
/// cache; only the sum over slices is written to memory.
final class WinogradWeightGradient {
  let form: WinogradForm
  private var plan: WinogradGradientPlan
  /// Tiles that share the place of one float. Where two share it, a slice has an even number of tiles.
  private let perSlot: Int

  private typealias WeightBlock = WinogradGradientPlan.WeightBlock

  init(_ form: WinogradForm) {
    self.form = form
    plan = WinogradGradientPlan(form, samples: 0, slices: 1)
    perSlot = form.precision.numbersPerSlot
  }

  /// Makes room for passes over up to `samples` samples in up to `slices` slices that are as even as
  /// possible.
  func prepare(samples: Int, slices: Int) {
    plan = WinogradGradientPlan(form, samples: samples, slices: slices)
  }

  /// Floats of scratch that one thread needs, after `prepare`.
  var scratchFloats: Int { plan.scratchFloats }
  /// Floats of scratch that all threads share, after `prepare`.
  var sharedFloats: Int { plan.sharedFloats }

  /// Whether the tiles of a form can share places in pairs: a picture has an even number of them.
  static func pairs(_ form: WinogradForm) -> Bool { form.tilesPerPicture % 2 == 0 }

  /// Writes the gradient of `weight`, [KH, KW, CL, CS], where `pass` wants it (`SliceGradients`).
  func run(
    large: UnsafePointer<Float>, small: UnsafePointer<Float>, _ weight: Parameter,
    _ gradients: SliceGradients,
    _ pass: Pass
  ) {
    var first = 0
    repeat {
      let group = group(from: first, pass.slices)
      transform(large, small, pass, group)
      addUp(group, weight, gradients, pass)
      first = group.upperBound
    } while first < pass.slices.count
  }

  /// The slices from `first` on that there is room for.
  private func group(from first: Int, _ slices: SliceBounds) -> Range<Int> {
    func tiles(_ end: Int) -> Int {
      (slices.bounds[end] - slices.bounds[first]) * form.tilesPerPicture
    }
    var end = min(first + 1, slices.count)
    while end < slices.count, tiles(end + 1) <= plan.room { end += 1 }
    precondition(tiles(end) <= plan.room, "slices are as even as can be")
    return first..<end
  }

  /// Writes B d and A' dy of all tiles of the slices `group` to shared memory, block by block.
  private func transform(
    _ large: UnsafePointer<Float>, _ small: UnsafePointer<Float>, _ pass: Pass, _ group: Range<Int>
  ) {
    let plan = plan
    let shared = pass.pool.shared
    let start = pass.slices.bounds[group.lowerBound] * form.tilesPerPicture
    let count = pass.slices.bounds[group.upperBound] * form.tilesPerPicture - start
    let step = 64
    pass.pool.run((count + step - 1) / step) { index, _ in
      let first = index * step
      let some = min(step, count - first)
      let slot = first / perSlot
      let parts = plan.windowChannels.count
      for part in 0..<form.phases * parts {
        let channels = plan.windowChannels[part % parts]
        ck_winograd_window(
          form.facts, large, start + first, some, Int32(part / parts), Int32(channels.lowerBound),
          Int32(channels.count), shared + part * plan.windows.floats + slot * plan.windows.rowStride,
          plan.windows.rowStride, plan.windows.pointStride, form.precision.pairs)
      }
      for (part, channels) in plan.tileChannels.enumerated() {
        ck_winograd_output_transposed(
          form.facts, small, start + first, some, Int32(channels.lowerBound), Int32(channels.count),
          shared + plan.windowFloats + part * plan.tiles.floats + slot * plan.tiles.rowStride,
          plan.tiles.rowStride, plan.tiles.pointStride, form.precision.pairs)
      }
    }
  }

  /// Adds up the slices `group`, whose tiles are transformed, in every block of weights.
  private func addUp(
    _ group: Range<Int>, _ weight: Parameter, _ gradients: SliceGradients, _ pass: Pass
  ) {
    let plan = plan
    let parts = plan.parts(threads: pass.pool.threads)
    let stackFloats = plan.leafFloats / parts.count
    let firstTile = pass.slices.bounds[group.lowerBound] * form.tilesPerPicture
    pass.pool.run(plan.blocks.count * parts.count) { index, worker in
      let block = plan.blocks[index / parts.count].part(index % parts.count, step: parts.step)
      guard !block.columns.isEmpty else { return }
      let scratch = pass.pool.scratch(worker)
      let kept =
        plan.isApart ? pass.pool.shared + plan.transformedFloats + index * plan.levels * stackFloats : nil
      var stack = SliceStack(
        kept ?? scratch + plan.products.floats, floats: stackFloats,
        count: plan.taps * block.rows.count * block.columns.count,
        after: pass.folds ? group.lowerBound : 0)
      for slice in group {
        let leaf = stack.push()
        addUp(
          block, samples: pass.slices[slice], firstTile: firstTile, pass.pool.shared, into: leaf,
          scratch: scratch)
        if pass.accumulates { transfer(block, leaf, gradients.pointer(slice: slice, weight), .addToBlock) }
        if pass.folds {
          stack.merge(after: slice)
        } else {
          transfer(block, leaf, gradients.pointer(slice: slice, weight), .store)
          stack.drop()
        }
      }
      if pass.folds, group.upperBound == pass.slices.count {
        transfer(block, stack.total(), gradients.total(weight), .store)
      }
    }
  }

  /// Writes one slice's gradient of a block to `leaf`, as [taps, rows, columns]. `firstTile` is the first
  /// of the tiles that are transformed.
  private func addUp(
    _ block: WeightBlock, samples: Range<Int>, firstTile: Int, _ shared: UnsafeMutablePointer<Float>,
    into leaf: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    if samples.isEmpty {
      return leaf.update(repeating: 0, count: plan.taps * block.rows.count * block.columns.count)
    }
    let start = samples.lowerBound * form.tilesPerPicture - firstTile
    let end = samples.upperBound * form.tilesPerPicture - firstTile
    let (windows, tiles, products) = (plan.windows, plan.tiles, plan.products)
    let window = shared + block.windows * windows.floats
    let tile = shared + plan.windowFloats + block.tiles * tiles.floats
    /// The transformed tiles from `first` on as factors.
    func factors(_ point: Int, _ first: Int) -> (a: MatrixView, b: MatrixView) {
      (
        windows.matrix(window, point: point, row: first / perSlot, transposed: true),
        tiles.matrix(tile, point: point, row: first / perSlot, column: block.firstColumn)
      )
    }
    let step = WinogradForm.sumBlock
    for point in 0..<form.points {
      for first in stride(from: start, to: end, by: step) {
        let isLast = first + step >= end
        let (a, b) = factors(point, first)
        ownProduct(
          a, b, into: products.target(scratch, point: point), m: block.rows.count,
          n: block.columns.count, k: min(step, end - first) / perSlot, adds: first > start,
          next: isLast
            ? factors(min(point + 1, form.points - 1), start) : factors(point, first + step),
          form.precision)
      }
    }
    ck_winograd_filter_transposed(
      form.facts, scratch, products.rowStride, products.pointStride, block.rows.count, block.columns.count,
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
