import CKernels
import Tensors

/// The three passes of a convolution with few channels in the large picture: the first layer of D, the last of G.
///
/// In a padded picture, a row of windows already lies as a product reads it: a kernel row of a window is
/// one run of floats, and the same row of the next window begins one stride further. So nothing is lowered,
/// and the picture with its padding, some ten thousand floats, stays in the cache. No sum covers more than
/// one picture (in the weight gradient, one slice), and every sum is taken row by row (Note [Own
/// products]).
final class NarrowConvolution {
  let geometry: ConvolutionGeometry
  private let window: UnsafePointer<ck_window>
  private let paddedCount: Int
  /// The padded picture's floats from a row to the next, and from a window to the next.
  private let paddedRow: Int
  private let windowStep: Int
  /// KW * CL.
  private let run: Int
  /// The weights as panels of [CS][panel] over the windows' numbers, for `spread`.
  private let packed: FloatBuffer
  private let transposed: FloatBuffer
  private var packedVersion = -1

  /// Whether this way can compute `g`: few large channels, small channels in whole vectors, rows of at
  /// least 4 windows.
  static func suits(_ g: ConvolutionGeometry) -> Bool {
    g.large.channels < 16 && g.small.channels % 16 == 0 && g.small.width >= 4 && !g.isPointwise
      && g.windowCount <= 512
  }

  init(_ g: ConvolutionGeometry) {
    geometry = g
    let window = UnsafeMutablePointer<ck_window>.allocate(capacity: 1)
    window.initialize(to: g.window)
    self.window = UnsafePointer(window)
    paddedCount = ck_padded_count(window)
    paddedRow = ((g.small.width - 1) * g.stride + g.kernelWidth) * g.large.channels
    windowStep = g.stride * g.large.channels
    run = g.kernelWidth * g.large.channels
    packed = FloatBuffer(count: g.small.channels * WinogradForm.padded(g.windowCount))
    transposed = FloatBuffer(count: g.weightCount)
  }

  deinit { window.deallocate() }

  private var spreadColumns: Int { WinogradForm.padded(geometry.windowCount) }

  /// Floats of scratch that one thread needs. (A product may read some floats behind the padded picture.)
  var scratchFloats: Int { paddedCount + 64 + geometry.small.width * spreadColumns }

  /// small = windows of large x weights [KH, KW, CL, CS], then the epilogue.
  func gather(
    _ large: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, into small: UnsafeMutablePointer<Float>,
    epilogue: Epilogue, _ pass: Pass
  ) {
    let g = geometry
    let columns = g.small.channels
    pass.pool.run(pass.samples) { sample, worker in
      let padded = pass.pool.scratch(worker)
      ck_pad(window, large + sample * g.large.count, padded)
      let out = small + sample * g.small.count
      for row in 0..<g.small.height {
        let pixels = out + row * g.small.width * columns
        let windows = WindowView(
          data: padded + row * g.stride * paddedRow, rowStride: windowStep, segments: g.kernelHeight,
          segment: run, segmentStride: paddedRow)
        ownProduct(
          windows, PanelView(weights, rowStride: columns), into: MatrixTarget(pixels, rowStride: columns),
          m: g.small.width, n: columns)
        epilogue.apply(pixels, rows: g.small.width, channels: columns)
      }
    }
  }

  /// large = the adjoint of `gather` applied to small, then the epilogue. `version` changes whenever the weights
  /// do.
  func spread(
    _ small: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, version: Int,
    into large: UnsafeMutablePointer<Float>, epilogue: Epilogue, _ pass: Pass
  ) {
    pack(weights, version: version)
    let g = geometry
    let inner = g.small.channels
    // A whole number of vectors.
    let width = (g.windowCount + 15) / 16 * 16
    pass.pool.run(pass.samples) { sample, worker in
      let padded = pass.pool.scratch(worker)
      let rows = padded + (paddedCount + 64)
      padded.update(repeating: 0, count: paddedCount)
      for row in 0..<g.small.height {
        let pixels = small + sample * g.small.count + row * g.small.width * inner
        for k in stride(from: 0, to: inner, by: WinogradForm.sumBlock) {
          ownProduct(
            MatrixView(pixels + k, rowStride: inner),
            PanelView(packed.data + k * PanelView.columns, panelStride: inner * PanelView.columns),
            into: MatrixTarget(rows, rowStride: spreadColumns), m: g.small.width, n: width,
            k: min(WinogradForm.sumBlock, inner - k), adds: k > 0)
        }
        ck_scatter_row(window, rows, spreadColumns, Int32(row), padded)
      }
      let out = large + sample * g.large.count
      ck_unpad(window, padded, out)
      epilogue.apply(out, rows: g.large.pixels, channels: g.large.channels)
    }
  }

  /// Writes (or adds, where `pass.accumulates`) each slice's gradient [KH, KW, CL, CS] to its own memory.
  /// Folding is left to the caller.
  func weightGradient(
    large: UnsafePointer<Float>, small: UnsafePointer<Float>, _ weight: Parameter,
    _ gradients: SliceGradients,
    _ pass: Pass
  ) {
    let g = geometry
    let slices = pass.slices
    let columns = g.small.channels
    let step = PanelView.columns
    let parts = (columns + step - 1) / step
    let accumulates = pass.accumulates
    pass.pool.run(slices.count * parts) { index, worker in
      let padded = pass.pool.scratch(worker)
      let column = index % parts * step
      let count = min(step, columns - column)
      let target = gradients.pointer(slice: index / parts, weight) + column
      if !accumulates { ck_clear_columns(target, g.windowCount, count, columns) }
      for sample in slices[index / parts] {
        ck_pad(window, large + sample * g.large.count, padded)
        for row in 0..<g.small.height {
          let pixels = small + sample * g.small.count + row * g.small.width * columns + column
          for kh in 0..<g.kernelHeight {
            ownProduct(
              MatrixView(
                padded + (row * g.stride + kh) * paddedRow, rowStride: windowStep, transposed: true),
              PanelView(pixels, rowStride: columns),
              into: MatrixTarget(target + kh * run * columns, rowStride: columns), m: run, n: count,
              k: g.small.width, adds: true)
          }
        }
      }
    }
  }

  /// Transposes the weights to [CS, KH KW CL] in panels, once per version of the weights.
  private func pack(_ weights: UnsafePointer<Float>, version: Int) {
    guard version != packedVersion else { return }
    packedVersion = version
    let g = geometry
    let panel = PanelView.columns
    ck_transpose(weights, g.windowCount, g.small.channels, transposed.data)
    for k in 0..<g.small.channels {
      for first in stride(from: 0, to: g.windowCount, by: panel) {
        let target = packed.data + first * g.small.channels + k * panel
        target.update(
          from: transposed.data + k * g.windowCount + first, count: min(panel, g.windowCount - first))
      }
    }
  }
}
