import CKernels
import Tensors

// From the small picture to the large one: a transposed convolution's forward pass, a convolution's data
// gradient.
extension LoweredConvolution {
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
    spreadCuts.update(pass.slices) { cuts in
      for slice in 0..<pass.slices.count {
        cuts.cut(
          slice, rows: pass.slices[slice].count * g.small.pixels, width: inner, columns: columns
        )
      }
    }
    let items = spreadCuts.items
    let slices = pass.slices
    pass.pool.run(items.count) { index, _ in
      let item = items[index]
      let row = slices[item.slice].lowerBound * g.small.pixels + item.rows.lowerBound
      matrixProduct(
        MatrixView(small + row * inner, rowStride: inner),
        MatrixView(weights + item.columns.lowerBound * inner, rowStride: inner, transposed: true),
        into: MatrixTarget(large + row * columns + item.columns.lowerBound, rowStride: columns),
        m: item.rows.count, n: item.columns.count, k: inner)
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
          MatrixView(from + first * inner, rowStride: inner),
          MatrixView(weights, rowStride: inner, transposed: true),
          into: MatrixTarget(scratch, rowStride: columns), m: count, n: columns, k: inner)
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
    spreadCuts.update(pass.slices) { cuts in
      for slice in 0..<pass.slices.count {
        for (index, phase) in phases.enumerated() {
          cuts.cut(
            slice, rows: pass.slices[slice].count * phase.pixels,
            width: max(1, phase.taps.count * g.small.channels), columns: 1, phase: index)
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
          MatrixView(lowered, rowStride: width),
          MatrixView(packed.data + phaseOffsets[item.phase], rowStride: channels),
          into: MatrixTarget(tile, rowStride: channels), m: item.rows.count, n: channels, k: width)
      }
      epilogue.apply(tile, rows: item.rows.count, channels: channels)
      ck_store_phase(
        tile, item.rows.lowerBound, item.rows.count, phase.window.grid_height, phase.window.grid_width,
        Int32(g.stride), Int32(phase.row), Int32(phase.column), Int32(g.large.height), Int32(g.large.width),
        Int32(channels), large + first * g.large.count)
    }
  }

  /// Transposes every tap's [CL, CS] to [CS, CL] in the phases' order, once per version of the weights.
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
}
