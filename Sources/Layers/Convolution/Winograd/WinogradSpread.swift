import CKernels
import Tensors

/// From the small picture to the large one by a Winograd form: a transposed convolution's forward pass, a
/// convolution's data gradient.
///
/// dd = B' (U' . A' dy): a thread takes whole pictures and transforms some of their tiles. Then, for each
/// phase and each group of channels in turn, it multiplies the points and adds the resulting windows to the
/// large picture, tile after tile; neighbouring windows overlap. What is added to a pixel, and in which
/// order, depends on its picture alone.
final class WinogradSpread {
  let form: WinogradForm
  /// U': [points][phases * panels of CL][CS][panel].
  private let filter: FloatBuffer
  /// The weights as [KH, KW, CS, CL].
  private let transposed: FloatBuffer
  private var filterVersion = -1
  private let tileBlock: WinogradForm.Block
  private let windows: WinogradForm.Block
  private let mostTiles: Int
  /// Numbers that share the place of one float: 2 in bfloat16, else 1.
  private let perSlot: Int
  private let panelStride: Int
  private let phaseStride: Int
  private let pointStride: Int
  /// Large channels that are multiplied at a time.
  private let channelStep: Int

  init(_ form: WinogradForm) {
    self.form = form
    let g = form.geometry
    let columns = WinogradForm.padded(g.large.channels)
    perSlot = form.precision.numbersPerSlot
    panelStride = g.small.channels / perSlot * PanelView.columns
    phaseStride = g.small.channels / perSlot * columns
    pointStride = form.phases * phaseStride
    filter = FloatBuffer(count: form.points * pointStride)
    transposed = FloatBuffer(count: g.weightCount)
    channelStep = min(columns, 128)
    mostTiles = WinogradForm.mostTiles(points: form.points, columns: g.small.channels + channelStep)
    tileBlock = .init(points: form.points, rows: mostTiles, columns: g.small.channels / perSlot)
    windows = .init(points: form.points, rows: mostTiles, columns: channelStep)
  }

  var scratchFloats: Int { tileBlock.floats + windows.floats }

  /// large = the transpose of `WinogradGather` applied to small, then the epilogue.
  func run(
    _ small: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, version: Int,
    into large: UnsafeMutablePointer<Float>, epilogue: Epilogue, _ pass: Pass
  ) {
    transformWeights(weights, version: version, pass.pool)
    let samples = pass.samples
    let channels = form.geometry.large.channels
    let cuts = WinogradCuts(
      units: samples, most: max(1, mostTiles / form.tilesPerPicture), unit: 1, channels: channels,
      mostChannels: channels, threads: pass.pool.threads)
    pass.pool.run(cuts.count) { index, worker in
      compute(
        cuts.units(index, of: samples), channels: cuts.channels(index, of: channels), small, into: large,
        epilogue,
        scratch: pass.pool.scratch(worker))
    }
  }

  private func compute(
    _ pictures: Range<Int>, channels: Range<Int>, _ small: UnsafePointer<Float>,
    into large: UnsafeMutablePointer<Float>, _ epilogue: Epilogue, scratch: UnsafeMutablePointer<Float>
  ) {
    let g = form.geometry
    let target = large + pictures.lowerBound * g.large.count
    let pixels = pictures.count * g.large.pixels
    ck_clear_columns(target + channels.lowerBound, pixels, channels.count, g.large.channels)
    let window = scratch + tileBlock.floats
    let all = pictures.lowerBound * form.tilesPerPicture..<pictures.upperBound * form.tilesPerPicture
    let tileStep = WinogradForm.part(of: all.count, most: mostTiles, unit: 4)
    for first in stride(from: all.lowerBound, to: all.upperBound, by: tileStep) {
      let count = min(tileStep, all.upperBound - first)
      ck_winograd_output_transposed(
        form.facts, small, first, count, 0, Int32(g.small.channels), scratch, tileBlock.rowStride,
        tileBlock.pointStride, form.precision.rows)
      for phase in 0..<form.phases {
        for channel in stride(from: channels.lowerBound, to: channels.upperBound, by: channelStep) {
          let width = min(channelStep, channels.upperBound - channel)
          multiply(phase: phase, channel: channel, width: width, tiles: count, scratch, into: window)
          ck_winograd_window_transposed(
            form.facts, window, windows.rowStride, windows.pointStride, first, count, Int32(phase),
            Int32(channel),
            Int32(width), large)
        }
      }
    }
    epilogue.apply(target, rows: pixels, channels: g.large.channels, columns: channels)
  }

  private func multiply(
    phase: Int, channel: Int, width: Int, tiles: Int, _ block: UnsafePointer<Float>,
    into window: UnsafeMutablePointer<Float>
  ) {
    let inner = form.geometry.small.channels
    let panels = filter.data + phase * phaseStride + channel / PanelView.columns * panelStride
    for point in 0..<form.points {
      for k in stride(from: 0, to: inner, by: WinogradForm.sumBlock) {
        ownProduct(
          tileBlock.matrix(block, point: point, column: k / perSlot),
          PanelView(
            panels + point * pointStride + k / perSlot * PanelView.columns, panelStride: panelStride),
          into: windows.target(window, point: point), m: tiles, n: width,
          k: min(WinogradForm.sumBlock, inner - k) / perSlot, adds: k > 0, form.precision)
      }
    }
  }

  private func transformWeights(_ weights: UnsafePointer<Float>, version: Int, _ pool: ThreadPool) {
    guard version != filterVersion else { return }
    filterVersion = version
    let g = form.geometry
    let tapSize = g.large.channels * g.small.channels
    pool.run(g.kernelHeight * g.kernelWidth) { tap, _ in
      ck_transpose(
        weights + tap * tapSize, g.large.channels, g.small.channels, transposed.data + tap * tapSize)
    }
    let rows = 16
    let parts = g.small.channels / rows
    pool.run(form.phases * parts) { index, _ in
      let phase = index / parts
      let row = index % parts * rows
      ck_winograd_filter(
        form.facts, transposed.data, g.small.channels, g.large.channels, Int32(phase), row, rows,
        filter.data + phase * phaseStride + row / perSlot * PanelView.columns, panelStride, pointStride,
        form.precision.pairs)
    }
  }
}
