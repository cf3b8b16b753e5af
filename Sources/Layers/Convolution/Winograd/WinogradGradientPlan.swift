/// How a weight gradient by a Winograd form is cut into blocks, and where its parts lie in scratch. The
/// plan is made once, for the largest pass that memory is prepared for.
struct WinogradGradientPlan {
  /// A part of the weights: the taps of one phase for some large channels (rows) and some small channels
  /// (columns), with the indices of the blocks of transformed windows and tiles that its gradient comes
  /// from.
  struct WeightBlock {
    let windows: Int
    let tiles: Int
    let phase: Int
    let rows: Range<Int>
    var columns: Range<Int>
    /// Where `columns` begin within the columns of the block of tiles.
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
  /// Layout of the products of one block and one slice.
  let products: WinogradForm.Block
  /// Layout of the transformed windows of one block of large channels, for the tiles that are transformed
  /// at a time.
  let windows: WinogradForm.Block
  /// The same for the transformed tiles of one block of small channels.
  let tiles: WinogradForm.Block
  /// Tiles that there is room for at a time.
  let room: Int
  /// Whether a pass may have more tiles than `room`. The sums that the tree keeps from one group of slices
  /// to the next then lie in shared memory.
  let isApart: Bool
  /// Levels of the tree over slices. A thread may have to keep one block of taps per level.
  let levels: Int
  /// r x r.
  let taps: Int
  /// Floats of one slice's block of taps.
  let leafFloats: Int
  /// Floats of all transformed windows.
  let windowFloats: Int
  /// Floats of all transformed windows and all transformed tiles.
  let transformedFloats: Int
  /// Small channels of a block.
  private let smallStep: Int

  /// The most floats of transformed windows and tiles at a time (128 MB), unless a single slice has more.
  private static let mostFloats = 32 << 20

  /// The plan for passes over up to `samples` samples in up to `slices` slices that are as even as
  /// possible.
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

    // Tiles that share the place of one float. Where two share it, a slice has an even number of tiles.
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

  /// The number of parts into which a block is cut along its small channels, and the channels of each part.
  /// A layer of few channels has few blocks, which would leave threads idle.
  func parts(threads: Int) -> (count: Int, step: Int) {
    var parts = 1
    while blocks.count * parts < threads, smallStep / parts >= 64, smallStep / parts % 64 == 0 { parts *= 2 }
    return (parts, smallStep / parts)
  }

  private static func cut(_ count: Int, step: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: step).map { $0..<min(count, $0 + step) }
  }
}
