/// How a weight gradient by a Winograd form is cut into blocks, and what lies where in scratch: worked out once, for
/// the largest pass that there is room for.
struct WinogradGradientPlan {
  /// A part of the weights: one phase's taps, rows of large channels, columns of small ones, and the blocks of
  /// transformed windows and tiles that it comes from.
  struct WeightBlock {
    let windows: Int
    let tiles: Int
    let phase: Int
    let rows: Range<Int>
    var columns: Range<Int>
    /// Where the columns begin among those of the tiles.
    var firstColumn = 0

    /// Part `index` of the columns, `step` of them or what is left; it may be empty.
    func part(_ index: Int, step: Int) -> WeightBlock {
      var part = self
      let first = min(columns.upperBound, columns.lowerBound + index * step)
      part.columns = first..<min(columns.upperBound, first + step)
      part.firstColumn = first - columns.lowerBound
      return part
    }
  }

  /// The channels of each block of one phase's transformed windows.
  let windowChannels: [Range<Int>]
  /// The channels of each block of transformed tiles.
  let tileChannels: [Range<Int>]
  /// Blocks of weights.
  let blocks: [WeightBlock]
  /// One block's products of one slice.
  let products: WinogradForm.Block
  /// The transformed windows of one block of large channels, of the tiles that are transformed at a time; and the tiles
  /// of one block of small channels.
  let windows: WinogradForm.Block
  let tiles: WinogradForm.Block
  /// Tiles that there is room for at a time, and whether these are fewer than a pass may have: then what is kept of
  /// the tree from some slices to the next lies in shared memory.
  let room: Int
  let isApart: Bool
  /// Levels of the tree that a thread may have to keep.
  let levels: Int
  /// r x r.
  let taps: Int
  /// Floats of one slice's block of taps.
  let leafFloats: Int
  /// Floats of all transformed windows, and of these and all transformed tiles.
  let windowFloats: Int
  let transformedFloats: Int
  /// Small channels of a block.
  private let smallStep: Int

  /// Floats of transformed windows and tiles at a time, unless one slice has more (128 MB).
  private static let mostFloats = 32 << 20

  /// The plan for passes over up to `samples` samples in up to `slices` slices, as even as can be.
  init(_ form: WinogradForm, samples: Int, slices: Int) {
    let g = form.geometry
    let largeStep = min(64, g.large.channels)
    let smallStep = min(form.points <= 9 ? 128 : 64, WinogradForm.padded(g.small.channels))
    let large = Self.cut(g.large.channels, step: largeStep)
    let small = Self.cut(g.small.channels, step: smallStep)
    let windowCount = form.phases * large.count
    blocks = (0..<windowCount).flatMap { window in
      small.indices.map { tile in
        WeightBlock(
          windows: window, tiles: tile, phase: window / large.count, rows: large[window % large.count],
          columns: small[tile])
      }
    }

    // Tiles that share the place of a float; a slice then has an even number of them.
    let perSlot = form.precision.numbersPerSlot
    let all = samples * form.tilesPerPicture
    let slice = (samples + max(1, slices) - 1) / max(1, slices) * form.tilesPerPicture
    let gap = WinogradForm.rowGap
    let width = windowCount * (largeStep + gap) + small.count * (smallStep + gap)
    room = min(all, max(slice, Self.mostFloats / (form.points * width) * perSlot))
    isApart = room < all
    let rows = (room + perSlot - 1) / perSlot
    products = .init(points: form.points, rows: largeStep, columns: smallStep)
    windows = .init(points: form.points, rows: rows, columns: largeStep)
    tiles = .init(points: form.points, rows: rows, columns: smallStep)
    windowFloats = windowCount * windows.floats
    transformedFloats = windowFloats + small.count * tiles.floats

    levels = SliceStack.levels(slices)
    taps = Int(form.facts.pointee.taps * form.facts.pointee.taps)
    leafFloats = taps * largeStep * smallStep
    windowChannels = large
    tileChannels = small
    self.smallStep = smallStep
  }

  /// Floats of scratch that one thread needs.
  var scratchFloats: Int { products.floats + levels * leafFloats }
  /// Floats of scratch that all threads share.
  var sharedFloats: Int { transformedFloats + (isApart ? blocks.count * levels * leafFloats : 0) }

  /// Into how many parts along the small channels a block is cut, of how many channels each, so that no thread idles:
  /// a layer of few channels has few blocks.
  func parts(threads: Int) -> (count: Int, step: Int) {
    var parts = 1
    while blocks.count * parts < threads, smallStep / parts >= 64, smallStep / parts % 64 == 0 { parts *= 2 }
    return (parts, smallStep / parts)
  }

  private static func cut(_ count: Int, step: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: step).map { $0..<min(count, $0 + step) }
  }
}
