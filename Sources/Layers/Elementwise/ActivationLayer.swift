import CKernels
import Tensors

/// An activation as a layer of its own, where the layer before it cannot apply it.
package final class ActivationLayer: Layer {
  /// One sample going in.
  package let input: PictureShape
  /// One sample coming out.
  package var output: PictureShape { input }
  private let activation: Activation

  /// Applies `activation` to every number of `shape`.
  package init(shape: PictureShape, _ activation: Activation) {
    input = shape
    self.activation = activation
  }

  /// y = f(x), element by element.
  package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    pass.pool.runChunks(pass.samples * input.count, chunk: 1 << 15) { range in
      ck_bias_activation(
        x + range.lowerBound, nil, y + range.lowerBound, 1, range.count, range.count, activation.code,
        activation.slope)
    }
  }

  /// dx = dy f'(x), with f'(x) computed from y.
  package func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    guard let dx else { return }
    pass.pool.runChunks(pass.samples * input.count, chunk: 1 << 15) { range in
      (dx + range.lowerBound).update(from: dy + range.lowerBound, count: range.count)
      ck_activation_backward(
        y + range.lowerBound, dx + range.lowerBound, range.count, activation.code, activation.slope)
    }
  }
}
