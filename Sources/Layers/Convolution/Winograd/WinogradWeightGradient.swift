import CKernels

/// The weight gradient by a Winograd form, dg = G' (B d . A' dy), added up over slices.
///
/// First the windows and the tiles are transformed, of all slices, or, where that would take too much memory, of
/// some whole ones at a time, to memory that the threads share: every block of weights needs them. Then a thread
/// takes a block of large and of small channels of one phase. For one slice after the other it adds up the points'
/// products over the slice's tiles, transforms the sums back to taps, and, where the pass folds, adds the slices in
/// the order of Note [Slice order], all in its cache; only their sum is written to memory.
final class WinogradWeightGradient {
  let form: WinogradForm
  /// Channels of a block.
  private let largeStep: Int
  private let smallStep: Int
  private let largeParts: Int
  private let smallParts: Int
  /// One block's products of one slice.
  private let products: WinogradForm.Block
  /// The transformed windows of one block of large channels, of the tiles that are transformed at a time; and the tiles
  /// of one block of small channels.
  private var windows: WinogradForm.Block
  private var tiles: WinogradForm.Block
  /// Levels of the tree that a thread may have to keep.
  private var levels = 1
  /// Tiles that there is room for at a time, and whether these are fewer than a pass may have: then what is kept of
  /// the tree from some slices to the next lies in shared memory.
  private var room = 0
  private var isApart = false

  /// Floats of transformed windows and tiles at a time, unless one slice has more (128 MB).
  private static let mostFloats = 32 << 20

  init(_ form: WinogradForm) {
    self.form = form
    let g = form.geometry
    largeStep = min(64, g.large.channels)
    smallStep = min(form.points <= 9 ? 128 : 64, WinogradForm.padded(g.small.channels))
    largeParts = (g.large.channels + largeStep - 1) / largeStep
    smallParts = (g.small.channels + smallStep - 1) / smallStep
    products = .init(points: form.points, rows: largeStep, columns: smallStep)
    windows = .init(points: form.points, rows: 0, columns: largeStep)
    tiles = windows
  }

  /// Makes room for passes over up to `samples` samples in up to `slices` slices, as even as can be.
  func prepare(samples: Int, slices: Int) {
    levels = 1
    while 1 << (levels - 1) < slices { levels += 1 }
    let all = samples * form.tilesPerPicture
    let slice = (samples + max(1, slices) - 1) / max(1, slices) * form.tilesPerPicture
    let width = form.phases * largeParts * windows.rowStride + smallParts * (smallStep + WinogradForm.rowGap)
    room = min(all, max(slice, Self.mostFloats / (form.points * width) * perSlot))
    isApart = room < all
    let rows = (room + perSlot - 1) / perSlot
    windows = .init(points: form.points, rows: rows, columns: largeStep)
    tiles = .init(points: form.points, rows: rows, columns: smallStep)
  }

  /// Floats of scratch that one thread needs.
  var scratchFloats: Int { products.floats + levels * leafFloats }
  /// Floats of scratch that all threads share.
  var sharedFloats: Int { transformedFloats + (isApart ? blocks * levels * leafFloats : 0) }
  private var transformedFloats: Int { form.phases * largeParts * windows.floats + smallParts * tiles.floats }

  /// Blocks of weights.
  private var blocks: Int { form.phases * largeParts * smallParts }

  /// Tiles that share the place of a float; a slice then has an even number of them.
  private var perSlot: Int { form.precision.numbersPerSlot }
  private var taps: Int { Int(form.facts.pointee.taps * form.facts.pointee.taps) }
  /// Floats of one slice's block of taps.
  private var leafFloats: Int { taps * largeStep * smallStep }

  /// Whether a form's tiles can share places in pairs: of each picture, an even number.
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
    while end < slices.count, tiles(end + 1) <= room { end += 1 }
    precondition(tiles(end) <= room, "slices are as even as can be")
    return first..<end
  }

  /// Adds up the slices `group`, which are transformed, in every block of weights.
  private func addUp(
    _ group: Range<Int>, _ weight: Parameter, _ gradients: SliceGradients, _ pass: Pass
  ) {
    let parts = parts(threads: pass.pool.threads)
    let stackFloats = leafFloats / parts
    let firstTile = pass.slices.bounds[group.lowerBound] * form.tilesPerPicture
    pass.pool.run(blocks * parts) { index, worker in
      let block = block(index / parts, part: index % parts, of: parts)
      guard !block.columns.isEmpty else { return }
      let scratch = pass.pool.scratch(worker)
      let kept = isApart ? pass.pool.shared + transformedFloats + index * levels * stackFloats : nil
      var stack = SliceStack(
        kept ?? scratch + products.floats, floats: stackFloats,
        count: taps * block.rows.count * block.columns.count,
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

  /// Into how many parts along the small channels a block is cut, so that no thread idles: a layer of few channels
  /// has few blocks.
  private func parts(threads: Int) -> Int {
    var parts = 1
    while blocks * parts < threads, smallStep / parts >= 64, smallStep / parts % 64 == 0 { parts *= 2 }
    return parts
  }

  /// Part `part` of `parts` of block `index`.
  private func block(_ index: Int, part: Int, of parts: Int) -> WeightBlock {
    let (place, tiles) = (index / smallParts, index % smallParts)
    let step = smallStep / parts
    let whole = range(tiles, smallStep, form.geometry.small.channels)
    let first = min(whole.upperBound, whole.lowerBound + part * step)
    return WeightBlock(
      windows: place, tiles: tiles, phase: place / largeParts,
      rows: range(place % largeParts, largeStep, form.geometry.large.channels),
      columns: first..<min(whole.upperBound, first + step), firstColumn: first - whole.lowerBound)
  }

  /// A part of the weights: one phase's taps, rows of large channels, columns of small ones, and the blocks of
  /// transformed windows and tiles that it comes from.
  private struct WeightBlock {
    let windows: Int
    let tiles: Int
    let phase: Int
    let rows: Range<Int>
    let columns: Range<Int>
    /// Where the columns begin among those of the tiles.
    let firstColumn: Int
  }

  private func range(_ part: Int, _ step: Int, _ count: Int) -> Range<Int> {
    part * step..<min(count, (part + 1) * step)
  }

  /// B d and A' dy of all tiles of the slices `group`, block by block.
  private func transform(
    _ large: UnsafePointer<Float>, _ small: UnsafePointer<Float>, _ pass: Pass, _ group: Range<Int>
  ) {
    let g = form.geometry
    let start = pass.slices.bounds[group.lowerBound] * form.tilesPerPicture
    let count = pass.slices.bounds[group.upperBound] * form.tilesPerPicture - start
    let step = 64
    pass.pool.run((count + step - 1) / step) { index, _ in
      let first = index * step
      let some = min(step, count - first)
      for part in 0..<form.phases * largeParts {
        let channels = range(part % largeParts, largeStep, g.large.channels)
        ck_winograd_window(
          form.facts, large, start + first, some, Int32(part / largeParts), Int32(channels.lowerBound),
          Int32(channels.count),
          pass.pool.shared + part * windows.floats + first / perSlot * windows.rowStride, windows.rowStride,
          windows.pointStride, form.precision.pairs)
      }
      for part in 0..<smallParts {
        let channels = range(part, smallStep, g.small.channels)
        ck_winograd_output_transposed(
          form.facts, small, start + first, some, Int32(channels.lowerBound), Int32(channels.count),
          tileBlock(part, pass.pool.shared) + first / perSlot * tiles.rowStride, tiles.rowStride,
          tiles.pointStride,
          form.precision.pairs)
      }
    }
  }

  private func tileBlock(_ part: Int, _ shared: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    shared + (form.phases * largeParts * windows.floats + part * tiles.floats)
  }

  /// One slice's gradient of a block, as [taps, rows, columns]; transformed are the tiles from `firstTile` on.
  private func addUp(
    _ block: WeightBlock, samples: Range<Int>, firstTile: Int, _ shared: UnsafeMutablePointer<Float>,
    into leaf: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    if samples.isEmpty {
      return leaf.update(repeating: 0, count: taps * block.rows.count * block.columns.count)
    }
    let start = samples.lowerBound * form.tilesPerPicture - firstTile
    let end = samples.upperBound * form.tilesPerPicture - firstTile
    let window = shared + block.windows * windows.floats
    let tile = tileBlock(block.tiles, shared) + block.firstColumn
    let step = WinogradForm.sumBlock
    for point in 0..<form.points {
      for first in stride(from: start, to: end, by: step) {
        let isLast = first + step >= end
        let next = (
          point: isLast ? min(point + 1, form.points - 1) : point, first: isLast ? start : first + step
        )
        ck_product_columns(
          block.rows.count, block.columns.count, min(step, end - first) / perSlot,
          window + point * windows.pointStride + first / perSlot * windows.rowStride, windows.rowStride,
          tile + point * tiles.pointStride + first / perSlot * tiles.rowStride, tiles.rowStride,
          scratch + point * products.pointStride, products.rowStride, first > start ? 1 : 0,
          window + next.point * windows.pointStride + next.first / perSlot * windows.rowStride,
          tile + next.point * tiles.pointStride + next.first / perSlot * tiles.rowStride,
          form.precision.factors)
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
