import Tensors

/// The mean of each window of `kernel` x `kernel` pixels, channel by channel, without padding: PyTorch's
/// AvgPool2d. Pixels at the lower and right border that no whole window covers are left out; their gradient
/// is zero.
package final class AveragePool: Layer {
  /// One sample going in.
  package let input: PictureShape
  /// One sample coming out: floor((H - kernel) / stride) + 1 a side.
  package let output: PictureShape
  private let kernel: Int
  private let stride: Int

  /// Means of pictures of `input` over windows that begin `stride` pixels apart; `output` has one pixel per
  /// window.
  package init(input: PictureShape, output: PictureShape, kernel: Int, stride: Int) {
    precondition(
      kernel > 0 && stride > 0 && input.channels == output.channels
        && (output.height - 1) * stride + kernel <= input.height
        && (output.width - 1) * stride + kernel <= input.width, "every window lies within the picture")
    self.input = input
    self.output = output
    self.kernel = kernel
    self.stride = stride
  }

  /// y[n, i, j, c] = the mean over kh, kw of x[n, i s + kh, j s + kw, c], added row after row.
  package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let (channels, row) = (input.channels, input.width * input.channels)
    let share = 1 / Float(kernel * kernel)
    pass.pool.run(pass.samples * output.height) { item, _ in
      let (sample, i) = item.quotientAndRemainder(dividingBy: output.height)
      let from = x + sample * input.count + i * stride * row
      for j in 0..<output.width {
        let to = y + (item * output.width + j) * channels
        let corner = from + j * stride * channels
        to.update(from: corner, count: channels)
        for kh in 0..<kernel {
          for kw in 0..<kernel where kh + kw > 0 {
            let pixel = corner + kh * row + kw * channels
            for c in 0..<channels { to[c] += pixel[c] }
          }
        }
        for c in 0..<channels { to[c] *= share }
      }
    }
  }

  /// dx[n, h, w, c] = the sum of dy over the windows that hold (h, w), in their order, over kernel^2.
  package func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    guard let dx else { return }
    let channels = input.channels
    let share = 1 / Float(kernel * kernel)
    pass.pool.run(pass.samples * input.height) { item, _ in
      let (sample, h) = item.quotientAndRemainder(dividingBy: input.height)
      let to = dx + item * input.width * channels
      to.update(repeating: 0, count: input.width * channels)
      for i in windows(over: h, of: output.height) {
        let from = dy + sample * output.count + i * output.width * channels
        for j in 0..<output.width {
          let given = from + j * channels
          for kw in 0..<kernel {
            let pixel = to + (j * stride + kw) * channels
            for c in 0..<channels { pixel[c] += given[c] * share }
          }
        }
      }
    }
  }

  /// The windows, of `count`, that hold row `place`.
  private func windows(over place: Int, of count: Int) -> Range<Int> {
    let first = max(0, (place - kernel + stride) / stride)
    return first..<max(first, min(count, place / stride + 1))
  }
}
