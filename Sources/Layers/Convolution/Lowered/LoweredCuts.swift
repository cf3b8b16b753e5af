/// Where a lowered pass over slices is cut into items. The items are kept from one step to the next, as the
/// slices hardly ever change.
///
/// Note [Cutting]
/// ~~~~~~~~~~~~~~
/// BLAS may give a row of a result different bits where the product has another size, or where the row
/// stands at another place in it. So a pass that uses BLAS is cut into items (slice, tile of rows, block of
/// columns), and where the cuts fall depends on the geometry and the slice's size alone, not on threads,
/// ranks, the batch or a timing (Note [Slices], Note [Threads and bits]). The bits of our own products do
/// not depend on the cuts (Note [Own products]), so `WinogradCuts` is free to choose them.
struct LoweredCuts {
  /// One item of a job.
  struct Item {
    var slice = 0
    var rows = 0..<0
    var columns = 0..<0
    var phase = 0
  }

  /// The items of the slices that `update` was last given.
  private(set) var items: [Item] = []
  private var slices: SliceBounds?

  /// Makes the items again if `slices` differ from those of the last call.
  mutating func update(_ slices: SliceBounds, _ make: (inout LoweredCuts) -> Void) {
    guard self.slices != slices else { return }
    self.slices = slices
    items.removeAll(keepingCapacity: true)
    make(&self)
  }

  /// Adds the items of a slice with `rows` rows of `width` floats to lower and `columns` columns of output.
  mutating func cut(
    _ slice: Int, rows: Int, width: Int, columns: Int, phase: Int = 0
  ) {
    guard rows > 0 else { return }
    let tile = Self.tileRows(rows, width: width)
    let block = Self.blockColumns(rows: rows, columns: columns)
    for first in stride(from: 0, to: rows, by: tile) {
      for column in stride(from: 0, to: columns, by: block) {
        items.append(
          Item(
            slice: slice, rows: first..<min(rows, first + tile),
            columns: column..<min(columns, column + block),
            phase: phase))
      }
    }
  }

  /// The fewest rows of a tile, where the slice has as many: a product of fewer rows spends its time
  /// packing the weights.
  private static let leastRows = 256

  /// Rows of each tile of a slice with `rows` rows of `width` floats to lower. The tiles are as even as
  /// possible.
  private static func tileRows(_ rows: Int, width: Int) -> Int {
    let most = min(1024, max(leastRows, (1 << 18) / width))
    let tiles = max(1, rows / most)
    return ((rows + tiles - 1) / tiles + 15) / 16 * 16
  }

  /// The most rows that any tile has, whatever the number of rows of a slice.
  static func mostTileRows(width: Int) -> Int {
    2 * min(1024, max(leastRows, (1 << 18) / width)) + 16
  }

  /// Columns of a block: half of them where there are few rows and many columns, so that the slice still
  /// gives several items.
  private static func blockColumns(rows: Int, columns: Int) -> Int {
    rows < leastRows && columns >= 256 ? columns / 2 : columns
  }
}
