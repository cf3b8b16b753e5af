/// The adjoint of a convolution, with bias and activation: each small pixel adds its weighted window to the
/// large picture. x [N, H, W, C], y [N, OH, OW, OC], w [KH, KW, OC, C] (docs/numerics.md, *Layouts*).
package final class TransposedConvolution: ProductLayer {
  /// A transposed convolution from `geometry.small` to `geometry.large`, followed by `activation`, computed
  /// as `planner` plans it.
  package init(
    _ geometry: ConvolutionGeometry, bias: Bool, activation: Activation = .identity,
    planner: ConvolutionPlanner = .init(.direct), spectralNorm: Bool = false
  ) {
    let g = geometry
    // PyTorch takes the fan-in of a transposed convolution from its second dimension, which is OC.
    super.init(
      g, input: g.small, output: g.large, layout: g.layout, fanIn: g.windowCount,
      fanOut: g.kernelHeight * g.kernelWidth * g.small.channels, bias: bias, activation: activation, planner,
      spreadsForward: true, spectralNorm: spectralNorm)
  }

  /// Reads x [N, H, W, C], writes y [N, OH, OW, OC].
  package override func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    spreadForward(x, into: y, pass)
  }

  /// Reads x, y and dy; writes dx [N, H, W, C] (=) and the gradients of weight and bias where `pass` wants
  /// them. dy becomes the gradient before the activation.
  package override func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    spreadBackward(x: x, y: y, dy: dy, into: dx, pass)
  }
}
