import CKernels
import Tensors

/// What is done to a tile of output while it is still in cache.
struct Epilogue {
  var bias: UnsafePointer<Float>?
  var activation: Activation = .identity

  var isEmpty: Bool { bias == nil && activation == .identity }

  /// Applies bias and activation in place to the channels `columns` of `rows` pixels of `channels` numbers,
  /// of which `data` is the first pixel's first.
  func apply(_ data: UnsafeMutablePointer<Float>, rows: Int, channels: Int, columns: Range<Int>? = nil) {
    guard !isEmpty else { return }
    let columns = columns ?? 0..<channels
    let start = data + columns.lowerBound
    ck_bias_activation(
      start, bias.map { $0 + columns.lowerBound }, start, rows, columns.count, channels, activation.code,
      activation.slope)
  }
}

extension Activation {
  /// The function's number in C.
  var code: Int32 {
    switch self {
    case .identity: Int32(CK_IDENTITY)
    case .leakyReLU: Int32(CK_LEAKY_RELU)
    case .tanh: Int32(CK_TANH)
    case .sigmoid: Int32(CK_SIGMOID)
    }
  }
  /// Leaky ReLU's slope, for C.
  var slope: Float { if case .leakyReLU(let slope) = self { slope } else { 1 } }
}

/// The three passes of a convolution by lowering: tiles of windows become rows of a matrix in the thread's
/// cache, and a single-threaded matrix product does the rest.
///
/// Note [Cutting]
/// ~~~~~~~~~~~~~~
/// A pass is cut into items (slice, tile of rows, block of columns). Where the cuts fall is a function of the
/// geometry and the slice's size alone: not of threads, ranks, the batch or a timing (Note [Slices], Note
/// [Threads and bits]).
final class LoweredConvolution {
  let geometry: ConvolutionGeometry
  private let window: ck_window
  private let phases: [ConvolutionGeometry.Phase]
  /// Where each phase's weights begin in `packed`.
  private let phaseOffsets: [Int]
  /// Weights of the phases, [tap, CS, CL] each; empty where spreading needs none.
  private let packed: FloatBuffer
  private let packedTaps: [(kh: Int, kw: Int)]
  private var packedVersion = -1

  init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    window = geometry.window
    phases = geometry.phases
    let tapSize = geometry.large.channels * geometry.small.channels
    var offsets = [0]
    for phase in phases { offsets.append(offsets[offsets.count - 1] + phase.taps.count * tapSize) }
    phaseOffsets = offsets
    packedTaps = phases.flatMap(\.taps)
    packed = FloatBuffer(count: Self.spreading(geometry) == .phases ? offsets[offsets.count - 1] : 0)
  }

  /// How the small picture is spread over the large one.
  private enum Spreading {
    /// One product, nothing to lower or scatter.
    case product
    /// A product a small pixel, added to the large pixels: for few large channels, where a phase's product
    /// would be too narrow.
    case scatter
    /// A stride-1 convolution a phase.
    case phases
  }

  private static func spreading(_ g: ConvolutionGeometry) -> Spreading {
    if g.isProduct || g.isPointwise { return .product }
    return g.large.channels < 16 ? .scatter : .phases
  }

  // MARK: Cutting

  /// Rows that a tile has at least, where there are as many: a product of fewer spends its time packing the weights.
  private static let leastRows = 256

  /// Rows of the tiles, as even as can be, of a slice with `rows` rows of `width` floats to lower.
  private static func tileRows(_ rows: Int, width: Int) -> Int {
    let most = min(1024, max(leastRows, (1 << 18) / width))
    let tiles = max(1, rows / most)
    return ((rows + tiles - 1) / tiles + 15) / 16 * 16
  }

  /// Rows that no tile exceeds: `tileRows` of any number of rows.
  private static func mostTileRows(width: Int) -> Int { 2 * min(1024, max(leastRows, (1 << 18) / width)) + 16 }

  /// Columns of a block, so that a slice of few rows still gives several items.
  private static func blockColumns(rows: Int, columns: Int) -> Int {
    rows < leastRows && columns >= 256 ? columns / 2 : columns
  }

  /// Windows of a weight gradient that are lowered at a time.
  private var gradientRows: Int { min(1024, max(256, (1 << 18) / gradientWidth / 32 * 32)) }
  /// Kernel rows of one weight gradient item: one where the rest is wide enough for a product of its own.
  private var gradientKernelRows: Int {
    geometry.kernelWidth * geometry.large.channels >= 128 ? 1 : geometry.kernelHeight
  }
  private var gradientWidth: Int { gradientKernelRows * geometry.kernelWidth * geometry.large.channels }

  /// Small rows that are scattered at a time.
  private var scatterRows: Int { max(geometry.small.width, (1 << 16) / geometry.windowCount) }

  /// Floats of scratch that one thread needs.
  var scratchFloats: Int {
    let gather = Self.mostTileRows(width: geometry.windowCount) * geometry.windowCount
    let gradient = gradientRows * gradientWidth
    let spread =
      switch Self.spreading(geometry) {
      case .product: 0
      case .scatter: scatterRows * geometry.windowCount
      case .phases:
        phases.map { phase in
          let width = phase.taps.count * geometry.small.channels
          return Self.mostTileRows(width: max(width, 1)) * (width + geometry.large.channels)
        }.max() ?? 0
      }
    return max(gather, gradient, spread)
  }

  /// One item of a job.
  private struct Item {
    var slice = 0
    var rows = 0..<0
    var columns = 0..<0
    var phase = 0
  }

  /// The items of a slice with `rows` rows of `width` floats to lower and `columns` columns of output,
  /// appended to `items`.
  private static func cut(
    _ slice: Int, rows: Int, width: Int, columns: Int, phase: Int = 0, into items: inout [Item]
  ) {
    guard rows > 0 else { return }
    let tile = tileRows(rows, width: width)
    let block = blockColumns(rows: rows, columns: columns)
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

  /// The items of a pass, kept from one step to the next as the slices hardly ever change.
  private struct Cuts {
    var slices: SliceBounds?
    var items: [Item] = []

    mutating func update(_ slices: SliceBounds, _ make: (inout [Item]) -> Void) {
      guard self.slices != slices else { return }
      self.slices = slices
      items.removeAll(keepingCapacity: true)
      make(&items)
    }
  }

  private var gatherCuts = Cuts(), spreadCuts = Cuts()

  // MARK: Large to small

  /// small = windows of large x weights, then the epilogue. Weights [KH, KW, CL, CS].
  func gather(
    _ large: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, into small: UnsafeMutablePointer<Float>,
    epilogue: Epilogue, _ pass: Pass
  ) {
    let g = geometry
    let width = g.windowCount
    let columns = g.small.channels
    gatherCuts.update(pass.slices) { items in
      for slice in 0..<pass.slices.count {
        Self.cut(
          slice, rows: pass.slices[slice].count * g.small.pixels, width: width, columns: columns, into: &items
        )
      }
    }
    let items = gatherCuts.items
    let slices = pass.slices
    pass.pool.run(items.count) { index, worker in
      let item = items[index]
      let first = slices[item.slice].lowerBound
      let source = large + first * g.large.count
      var rows = MatrixView(source + item.rows.lowerBound * width, leading: width)
      if !(g.isProduct || g.isPointwise) {
        let scratch = pass.pool.scratch(worker)
        withUnsafePointer(to: window) {
          ck_lower($0, source, item.rows.lowerBound, item.rows.count, 0, Int32(g.kernelHeight), scratch)
        }
        rows = MatrixView(scratch, leading: width)
      }
      let out = small + (first * g.small.pixels + item.rows.lowerBound) * columns
      matrixProduct(
        m: item.rows.count, n: item.columns.count, k: width, rows,
        MatrixView(weights + item.columns.lowerBound, leading: columns), out + item.columns.lowerBound,
        leading: columns)
      epilogue.apply(out, rows: item.rows.count, channels: columns, columns: item.columns)
    }
  }

  // MARK: Small to large

  /// large = the adjoint of `gather` applied to small, then the epilogue. `version` changes whenever the
  /// weights do.
  func spread(
    _ small: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, version: Int,
    into large: UnsafeMutablePointer<Float>, epilogue: Epilogue, _ pass: Pass
  ) {
    switch Self.spreading(geometry) {
    case .product: spreadProduct(small, weights, into: large, epilogue, pass)
    case .scatter: spreadScatter(small, weights, into: large, epilogue, pass)
    case .phases:
      packPhases(weights, version: version, pass.pool)
      spreadPhases(small, into: large, epilogue, pass)
    }
  }

  private func spreadProduct(
    _ small: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, into large: UnsafeMutablePointer<Float>,
    _ epilogue: Epilogue, _ pass: Pass
  ) {
    let g = geometry
    let inner = g.small.channels
    let columns = g.windowCount
    spreadCuts.update(pass.slices) { items in
      for slice in 0..<pass.slices.count {
        Self.cut(
          slice, rows: pass.slices[slice].count * g.small.pixels, width: inner, columns: columns, into: &items
        )
      }
    }
    let items = spreadCuts.items
    let slices = pass.slices
    pass.pool.run(items.count) { index, _ in
      let item = items[index]
      let row = slices[item.slice].lowerBound * g.small.pixels + item.rows.lowerBound
      matrixProduct(
        m: item.rows.count, n: item.columns.count, k: inner, MatrixView(small + row * inner, leading: inner),
        MatrixView(weights + item.columns.lowerBound * inner, leading: inner, transposed: true),
        large + row * columns + item.columns.lowerBound, leading: columns)
    }
    guard !epilogue.isEmpty else { return }
    pass.pool.runChunks(slices.samples, chunk: 1) { samples in
      epilogue.apply(
        large + samples.lowerBound * g.large.count, rows: samples.count * g.large.pixels,
        channels: g.large.channels)
    }
  }

  private func spreadScatter(
    _ small: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, into large: UnsafeMutablePointer<Float>,
    _ epilogue: Epilogue, _ pass: Pass
  ) {
    let g = geometry
    let inner = g.small.channels
    let columns = g.windowCount
    let step = scatterRows
    pass.pool.run(pass.samples) { sample, worker in
      let scratch = pass.pool.scratch(worker)
      let from = small + sample * g.small.count
      let to = large + sample * g.large.count
      to.update(repeating: 0, count: g.large.count)
      for first in stride(from: 0, to: g.small.pixels, by: step) {
        let count = min(step, g.small.pixels - first)
        matrixProduct(
          m: count, n: columns, k: inner, MatrixView(from + first * inner, leading: inner),
          MatrixView(weights, leading: inner, transposed: true), scratch, leading: columns)
        withUnsafePointer(to: window) { ck_scatter($0, scratch, first, count, to) }
      }
      epilogue.apply(to, rows: g.large.pixels, channels: g.large.channels)
    }
  }

  private func spreadPhases(
    _ small: UnsafePointer<Float>, into large: UnsafeMutablePointer<Float>, _ epilogue: Epilogue, _ pass: Pass
  ) {
    let g = geometry
    let channels = g.large.channels
    spreadCuts.update(pass.slices) { items in
      for slice in 0..<pass.slices.count {
        for (index, phase) in phases.enumerated() {
          Self.cut(
            slice, rows: pass.slices[slice].count * phase.pixels,
            width: max(1, phase.taps.count * g.small.channels), columns: 1, phase: index, into: &items)
        }
      }
    }
    let items = spreadCuts.items
    let slices = pass.slices
    pass.pool.run(items.count) { index, worker in
      let item = items[index]
      let phase = phases[item.phase]
      let width = phase.taps.count * g.small.channels
      let lowered = pass.pool.scratch(worker)
      let tile = lowered + item.rows.count * width
      let first = slices[item.slice].lowerBound
      if width == 0 {
        tile.update(repeating: 0, count: item.rows.count * channels)
      } else {
        withUnsafePointer(to: phase.window) {
          ck_lower(
            $0, small + first * g.small.count, item.rows.lowerBound, item.rows.count, 0,
            phase.window.kernel_height, lowered)
        }
        matrixProduct(
          m: item.rows.count, n: channels, k: width, MatrixView(lowered, leading: width),
          MatrixView(packed.data + phaseOffsets[item.phase], leading: channels), tile, leading: channels)
      }
      epilogue.apply(tile, rows: item.rows.count, channels: channels)
      ck_store_phase(
        tile, item.rows.lowerBound, item.rows.count, phase.window.grid_height, phase.window.grid_width,
        Int32(g.stride), Int32(phase.row), Int32(phase.column), Int32(g.large.height), Int32(g.large.width),
        Int32(channels), large + first * g.large.count)
    }
  }

  /// Transposes every tap's [CL, CS] to [CS, CL] in the phases' order, once a version of the weights.
  private func packPhases(_ weights: UnsafePointer<Float>, version: Int, _ pool: ThreadPool) {
    guard version != packedVersion else { return }
    packedVersion = version
    let g = geometry
    let tapSize = g.large.channels * g.small.channels
    pool.run(packedTaps.count) { index, _ in
      let tap = packedTaps[index]
      ck_transpose(
        weights + (tap.kh * g.kernelWidth + tap.kw) * tapSize, g.large.channels, g.small.channels,
        packed.data + index * tapSize)
    }
  }

  // MARK: Weight gradient

  /// Writes (or adds, where `pass.accumulates`) each slice's sum over windows of window^T x small pixel, as
  /// [KH, KW, CL, CS], to the slice's gradient of `weight`.
  func weightGradient(
    large: UnsafePointer<Float>, small: UnsafePointer<Float>, _ weight: Parameter,
    _ gradients: SliceGradients,
    _ pass: Pass
  ) {
    let g = geometry
    let slices = pass.slices
    let kernelRows = gradientKernelRows
    let blocks = g.kernelHeight / kernelRows
    let width = gradientWidth
    let rowStep = gradientRows
    let inner = g.small.channels
    let accumulates = pass.accumulates
    pass.pool.run(slices.count * blocks) { index, worker in
      let slice = index / blocks
      let block = index % blocks
      let samples = slices[slice]
      let target = gradients.pointer(slice: slice, weight) + block * width * inner
      if samples.isEmpty {
        if !accumulates { target.update(repeating: 0, count: width * inner) }
        return
      }
      let source = large + samples.lowerBound * g.large.count
      let pixels = small + samples.lowerBound * g.small.count
      let rows = samples.count * g.small.pixels
      let scratch = pass.pool.scratch(worker)
      for first in stride(from: 0, to: rows, by: rowStep) {
        let count = min(rowStep, rows - first)
        var lowered = MatrixView(
          source + first * g.windowCount + block * width, leading: g.windowCount, transposed: true)
        if !(g.isProduct || g.isPointwise) {
          withUnsafePointer(to: window) {
            ck_lower(
              $0, source, first, count, Int32(block * kernelRows), Int32((block + 1) * kernelRows), scratch)
          }
          lowered = MatrixView(scratch, leading: width, transposed: true)
        }
        matrixProduct(
          m: width, n: inner, k: count, lowered, MatrixView(pixels + first * inner, leading: inner),
          beta: accumulates || first > 0 ? 1 : 0, target, leading: inner)
      }
    }
  }
}
