import Tensors

/// Each pixel as a square of `factor` x `factor`: PyTorch's nn.Upsample(scale_factor, mode='nearest').
///
/// Followed by a convolution, it is the resize-convolution that leaves no checkerboard (Odena et al. 2016).
package final class UpsampleNearest: Layer {
  /// One sample going in.
  package let input: PictureShape
  /// One sample coming out.
  package let output: PictureShape
  private let factor: Int

  /// Enlarges pictures of `input`.
  package init(input: PictureShape, factor: Int) {
    precondition(factor > 0, "a picture grows by a whole number")
    self.input = input
    self.factor = factor
    output = PictureShape(
      height: input.height * factor, width: input.width * factor, channels: input.channels)
  }

  /// y[n, h r + i, w r + j, c] = x[n, h, w, c].
  package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let channels = input.channels
    pass.pool.run(pass.samples * output.height) { row, _ in
      let from = x + row / factor * input.width * channels
      let to = y + row * output.width * channels
      for column in 0..<output.width {
        (to + column * channels).update(from: from + column / factor * channels, count: channels)
      }
    }
  }

  /// dx[n, h, w, c] = the sum over i, j of dy[n, h r + i, w r + j, c], row after row.
  package func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    guard let dx else { return }
    let channels = input.channels
    pass.pool.run(pass.samples * input.height) { row, _ in
      let to = dx + row * input.width * channels
      to.update(repeating: 0, count: input.width * channels)
      for i in 0..<factor {
        let from = dy + (row * factor + i) * output.width * channels
        for column in 0..<output.width {
          let sum = to + column / factor * channels
          let given = from + column * channels
          for c in 0..<channels { sum[c] += given[c] }
        }
      }
    }
  }
}
