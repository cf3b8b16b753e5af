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
}
