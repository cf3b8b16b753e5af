/// Cross-correlation with bias and activation: y[n, i, j] = f(b + sum over kh, kw, c of
/// x[n, i s - p + kh, j s - p + kw, c] w[kh, kw, c]), x [N, H, W, C], w [KH, KW, C, OC].
package final class Convolution: ProductLayer {
  /// A convolution from `geometry.large` to `geometry.small`, followed by `activation`, computed as
  /// `planner` plans it.
  package init(
    _ geometry: ConvolutionGeometry, bias: Bool, activation: Activation = .identity,
    planner: ConvolutionPlanner = .init(.direct), spectralNorm: Bool = false
  ) {
    let g = geometry
    super.init(
      g, input: g.large, output: g.small, layout: g.layout, fanIn: g.windowCount,
      fanOut: g.kernelHeight * g.kernelWidth * g.small.channels, bias: bias, activation: activation, planner,
      spectralNorm: spectralNorm)
  }

  /// Reads x [N, H, W, C], writes y [N, OH, OW, OC].
  package override func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    gatherForward(x, into: y, pass)
  }

  /// Reads x, y and dy; writes dx [N, H, W, C] (=) and the gradients of weight and bias where `pass` wants
  /// them. dy becomes the gradient before the activation.
  package override func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    gatherBackward(x: x, y: y, dy: dy, into: dx, pass)
  }
}
