import CKernels
import Tensors

// The weight gradient, which a convolution and a transposed one have in common.
extension LoweredConvolution {
  /// Writes (or adds, where `pass.accumulates`) each slice's sum over windows of window^T x small pixel, as
  /// [KH, KW, CL, CS], to the slice's gradient of `weight`. Folding is left to the caller.
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
      for first in stride(from: 0, to: rows, by: rowStep) {
        let count = min(rowStep, rows - first)
        var lowered = MatrixView(
          source + first * g.windowCount + block * width, rowStride: g.windowCount, transposed: true)
        if !(g.isProduct || g.isPointwise) {
          let scratch = pass.pool.scratch(worker)
          withUnsafePointer(to: window) {
            ck_lower(
              $0, source, first, count, Int32(block * kernelRows), Int32((block + 1) * kernelRows), scratch)
          }
          lowered = MatrixView(scratch, rowStride: width, transposed: true)
        }
        matrixProduct(
          lowered, MatrixView(pixels + first * inner, rowStride: inner),
          into: MatrixTarget(target, rowStride: inner), m: width, n: inner, k: count,
          adds: accumulates || first > 0)
      }
    }
  }
}
