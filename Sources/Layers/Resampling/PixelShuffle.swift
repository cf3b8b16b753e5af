import Tensors

/// Makes a picture `factor` times as high and as wide, of `factor`^2 times fewer channels (Shi et al. 2016,
/// section 3.2), in the order of PyTorch's PixelShuffle:
/// y[n, h r + i, w r + j, c] = x[n, h, w, c r^2 + i r + j].
///
/// As the order is PyTorch's, a convolution before this layer has the same weights here and there, although
/// the numbers of a picture lie in another order in memory.
package final class PixelShuffle: Layer {
  /// One sample going in.
  package let input: PictureShape
  /// One sample coming out.
  package let output: PictureShape
  private let factor: Int

  /// Shuffles pictures of `input`, whose channels are a multiple of `factor`^2.
  package init(input: PictureShape, factor: Int) {
    precondition(factor > 0 && input.channels % (factor * factor) == 0, "channels divide by factor squared")
    self.input = input
    self.factor = factor
    output = PictureShape(
      height: input.height * factor, width: input.width * factor,
      channels: input.channels / (factor * factor))
  }

  /// Reads x [N, H, W, C r^2], writes y [N, H r, W r, C].
  package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let taken = factor * factor
    eachPixel(pass) { small, large in
      let from = x + small
      let to = y + large
      for c in 0..<output.channels { to[c] = from[c * taken] }
    }
  }

  /// Moves each number of dy back to its place in dx: the adjoint of a permutation is its inverse.
  package func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    guard let dx else { return }
    let taken = factor * factor
    eachPixel(pass) { small, large in
      let to = dx + small
      let from = dy + large
      for c in 0..<output.channels { to[c * taken] = from[c] }
    }
  }

  /// Calls `move(small, large)` for each pixel of the large pictures, with the indices of its first channel
  /// in both.
  private func eachPixel(_ pass: Pass, _ move: (_ small: Int, _ large: Int) -> Void) {
    let r = factor
    pass.pool.run(pass.samples * output.height) { row, _ in
      let (smallRow, i) = row.quotientAndRemainder(dividingBy: r)
      for column in 0..<output.width {
        let (smallColumn, j) = column.quotientAndRemainder(dividingBy: r)
        move(
          (smallRow * input.width + smallColumn) * input.channels + i * r + j,
          (row * output.width + column) * output.channels)
      }
    }
  }
}
