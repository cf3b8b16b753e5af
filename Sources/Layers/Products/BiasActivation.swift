import CKernels
import Tensors

/// What follows the product of a convolution, transposed convolution or dense layer: a bias, an activation,
/// both or neither.
final class BiasActivation {
  let bias: Parameter?
  let activation: Activation
  private let shape: PictureShape
  private let sums: ChannelSums?

  init(shape: PictureShape, bias: Bool, activation: Activation, fanIn: Int) {
    self.shape = shape
    self.bias =
      bias ? Parameter(name: "bias", layout: .vector, count: shape.channels, fanIn: fanIn) : nil
    self.activation = activation
    sums =
      bias
      ? ChannelSums(width: shape.channels, rowsPerSample: shape.pixels, rowFloats: shape.channels) : nil
  }

  func prepare(samples: Int, slices: Int) { sums?.prepare(samples: samples, slices: slices) }

  /// The forward pass, for the product to apply while its output is in the cache.
  var epilogue: Epilogue { Epilogue(bias: bias.map { UnsafePointer($0.values) }, activation: activation) }

  /// Turns dy into the gradient of the product, in place, and writes the bias's gradient.
  func backward(y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>, _ pass: Pass) {
    if activation != .identity {
      pass.pool.runChunks(pass.samples * shape.count, chunk: 1 << 15) { range in
        ck_activation_backward(
          y + range.lowerBound, dy + range.lowerBound, range.count, activation.code, activation.slope)
      }
    }
    guard let bias, let sums, let gradients = pass.gradients else { return }
    let channels = shape.channels
    sums.run(pass) { rows, total in
      ck_column_sums(dy + rows.lowerBound * channels, rows.count, channels, total)
    }
    gradients.write(sums.perSlice, stride: channels, to: bias, pass)
  }
}

extension SliceGradients {
  /// Writes (or adds, where `pass.accumulates`) each slice's sums, `stride` apart, to the gradient of
  /// `parameter`, and adds the slices up where `pass.folds`.
  func write(_ sums: UnsafePointer<Double>, stride: Int, to parameter: Parameter, _ pass: Pass) {
    for slice in 0..<pass.slices.count {
      let target = pointer(slice: slice, parameter)
      let own = sums + slice * stride
      for i in 0..<parameter.count { target[i] = (pass.accumulates ? target[i] : 0) + Float(own[i]) }
    }
    fold(parameter, pass)
  }
}
