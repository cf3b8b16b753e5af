import Tensors

/// y = f(x w + b), x [N, F] (a picture in its HWC order), w [F, OUT].
package final class Dense: ProductLayer {
  /// A dense layer from all numbers of `input` to `outputs` features, followed by `activation`.
  package init(
    input: PictureShape, outputs: Int, bias: Bool, activation: Activation = .identity,
    spectralNorm: Bool = false
  ) {
    super.init(
      .dense(inputs: input.count, outputs: outputs), input: input, output: .vector(outputs),
      layout: .dense(inputs: input.count, outputs: outputs), fanIn: input.count, fanOut: outputs, bias: bias,
      activation: activation, ConvolutionPlanner(.direct), spectralNorm: spectralNorm)
  }

  /// Reads x [N, F], writes y [N, OUT].
  package override func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    gatherForward(x, into: y, pass)
  }

  /// Reads x, y and dy; writes dx [N, F] (=) and the gradients of weight and bias where `pass` wants them. dy
  /// becomes the gradient before the activation.
  package override func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    gatherBackward(x: x, y: y, dy: dy, into: dx, pass)
  }
}
