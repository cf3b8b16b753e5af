import CKernels
import Tensors

// From the large picture to the small one: a convolution's forward pass, a transposed one's data gradient.
extension LoweredConvolution {
  /// small = windows of large x weights, then the epilogue. Weights [KH, KW, CL, CS].
  func gather(
    _ large: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, into small: UnsafeMutablePointer<Float>,
    epilogue: Epilogue, _ pass: Pass
  ) {
    let g = geometry
    let width = g.windowCount
    let columns = g.small.channels
    gatherCuts.update(pass.slices) { cuts in
      for slice in 0..<pass.slices.count {
        cuts.cut(
          slice, rows: pass.slices[slice].count * g.small.pixels, width: width, columns: columns
        )
      }
    }
    let items = gatherCuts.items
    let slices = pass.slices
    pass.pool.run(items.count) { index, worker in
      let item = items[index]
      let first = slices[item.slice].lowerBound
      let source = large + first * g.large.count
      var rows = MatrixView(source + item.rows.lowerBound * width, rowStride: width)
      if !(g.isProduct || g.isPointwise) {
        let scratch = pass.pool.scratch(worker)
        withUnsafePointer(to: window) {
          ck_lower($0, source, item.rows.lowerBound, item.rows.count, 0, Int32(g.kernelHeight), scratch)
        }
        rows = MatrixView(scratch, rowStride: width)
      }
      let out = small + (first * g.small.pixels + item.rows.lowerBound) * columns
      matrixProduct(
        rows, MatrixView(weights + item.columns.lowerBound, rowStride: columns),
        into: MatrixTarget(out + item.columns.lowerBound, rowStride: columns), m: item.rows.count,
        n: item.columns.count, k: width)
      epilogue.apply(out, rows: item.rows.count, channels: columns, columns: item.columns)
    }
  }
}
