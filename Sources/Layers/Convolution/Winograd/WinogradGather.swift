import CKernels
import Tensors

/// From the large picture to the small one by a Winograd form: a convolution's forward pass, a transposed one's
/// data gradient.
///
/// y = A (U . B d): a thread takes some tiles, transforms their windows 128 numbers of (phase, channel) at
/// a time, adds up the products of each point in its cache, and transforms the sums to pixels. No sum
/// covers two tiles, so the tiles may be divided anywhere (Note [Own products]).
final class WinogradGather {
  let form: WinogradForm
  /// U: [points][panels of CS][phases * CL][panel].
  private let filter: FloatBuffer
  private var filterVersion = -1
  private let windows: WinogradForm.Block
  private let sums: WinogradForm.Block
  /// The most tiles and small channels that a thread takes at a time.
  private let mostTiles: Int
  private let mostColumns: Int
  /// (phase, channel) pairs: the length of a sum.
  private let inner: Int
  /// Numbers that share the place of one float: 2 in bfloat16, else 1.
  private let perSlot: Int
  private let panelStride: Int
  private let pointStride: Int

  init(_ form: WinogradForm) {
    self.form = form
    let columns = WinogradForm.padded(form.geometry.small.channels)
    inner = form.phases * form.geometry.large.channels
    perSlot = form.precision.numbersPerSlot
    panelStride = inner / perSlot * PanelView.columns
    pointStride = inner / perSlot * columns
    filter = FloatBuffer(count: form.points * pointStride)
    mostColumns = min(columns, form.points <= 9 ? 256 : 128)
    mostTiles = WinogradForm.mostTiles(points: form.points, columns: mostColumns + WinogradForm.sumBlock)
    windows = .init(points: form.points, rows: mostTiles, columns: WinogradForm.sumBlock / perSlot)
    sums = .init(points: form.points, rows: mostTiles, columns: mostColumns)
  }

  var scratchFloats: Int { windows.floats + sums.floats }

  /// small = the windows of large times the weights [KH, KW, CL, CS], then the epilogue. `version` changes
  /// whenever the weights do.
  func run(
    _ large: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, version: Int,
    into small: UnsafeMutablePointer<Float>, epilogue: Epilogue, _ pass: Pass
  ) {
    transformWeights(weights, version: version, pass.pool)
    let columns = form.geometry.small.channels
    let tiles = pass.samples * form.tilesPerPicture
    let cuts = WinogradCuts(
      units: tiles, most: mostTiles, unit: 4, channels: columns, mostChannels: mostColumns,
      threads: pass.pool.threads)
    pass.pool.run(cuts.count) { index, worker in
      compute(
        tiles: cuts.units(index, of: tiles), columns: cuts.channels(index, of: columns), large, into: small,
        epilogue,
        scratch: pass.pool.scratch(worker))
    }
  }

  private func compute(
    tiles: Range<Int>, columns: Range<Int>, _ large: UnsafePointer<Float>,
    into small: UnsafeMutablePointer<Float>,
    _ epilogue: Epilogue, scratch: UnsafeMutablePointer<Float>
  ) {
    let facts = form.facts
    let sum = scratch + windows.floats
    let panels = filter.data + columns.lowerBound / PanelView.columns * panelStride
    for k in stride(from: 0, to: inner, by: WinogradForm.sumBlock) {
      let end = min(inner, k + WinogradForm.sumBlock)
      transformWindows(k..<end, tiles, large, into: scratch)
      for point in 0..<form.points {
        ownProduct(
          windows.matrix(scratch, point: point),
          PanelView(
            panels + point * pointStride + k / perSlot * PanelView.columns, panelStride: panelStride),
          into: sums.target(sum, point: point), m: tiles.count, n: columns.count, k: (end - k) / perSlot,
          adds: k > 0, form.precision)
      }
    }
    ck_winograd_output(
      facts, sum, sums.rowStride, sums.pointStride, tiles.lowerBound, tiles.count, Int32(columns.lowerBound),
      Int32(columns.count), small)
    epilogue.apply(form, small, tiles: tiles, columns: columns)
  }

  /// Transforms the windows of `tiles` for the (phase, channel) pairs `range`, at all points.
  private func transformWindows(
    _ range: Range<Int>, _ tiles: Range<Int>, _ large: UnsafePointer<Float>,
    into block: UnsafeMutablePointer<Float>
  ) {
    let channels = form.geometry.large.channels
    var k = range.lowerBound
    while k < range.upperBound {
      let channel = k % channels
      let count = min(channels - channel, range.upperBound - k)
      ck_winograd_window(
        form.facts, large, tiles.lowerBound, tiles.count, Int32(k / channels), Int32(channel), Int32(count),
        block + (k - range.lowerBound) / perSlot, windows.rowStride, windows.pointStride,
        form.precision.rows)
      k += count
    }
  }

  private func transformWeights(_ weights: UnsafePointer<Float>, version: Int, _ pool: ThreadPool) {
    guard version != filterVersion else { return }
    filterVersion = version
    let g = form.geometry
    let rows = 16
    let parts = g.large.channels / rows
    pool.run(form.phases * parts) { index, _ in
      let phase = index / parts
      let row = index % parts * rows
      ck_winograd_filter(
        form.facts, weights, g.large.channels, g.small.channels, Int32(phase), row, rows,
        filter.data + (phase * g.large.channels + row) / perSlot * PanelView.columns, panelStride,
        pointStride,
        form.precision.pairs)
    }
  }
}

extension Epilogue {
  /// Applies bias and activation to the small pixels of `tiles`, channels `columns`.
  func apply(
    _ form: WinogradForm, _ small: UnsafeMutablePointer<Float>, tiles: Range<Int>, columns: Range<Int>
  ) {
    guard !isEmpty else { return }
    let g = form.geometry
    let m = Int(form.facts.pointee.tile)
    let across = (g.small.width + m - 1) / m
    for tile in tiles {
      let place = tile % form.tilesPerPicture
      let (row, column) = (place / across * m, place % across * m)
      for i in row..<min(row + m, g.small.height) {
        let pixel = (tile / form.tilesPerPicture * g.small.height + i) * g.small.width + column
        apply(
          small + pixel * g.small.channels, rows: min(m, g.small.width - column), channels: g.small.channels,
          columns: columns)
      }
    }
  }
}
