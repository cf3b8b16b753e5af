import Tensors

/// Cross-correlation with bias and activation: y[n, i, j] = f(b + sum over kh, kw, c of
/// x[n, i s - p + kh, j s - p + kw, c] w[kh, kw, c]), x [N, H, W, C], w [KH, KW, C, OC].
public final class Convolution: Layer {
  /// One sample going in.
  public let input: PictureShape
  /// One sample coming out.
  public let output: PictureShape
  /// [KH, KW, C, OC].
  public let weight: Parameter
  private let lowered: LoweredConvolution
  private let after: BiasActivation

  /// A convolution from `geometry.large` to `geometry.small`, followed by `activation`.
  public init(_ geometry: ConvolutionGeometry, bias: Bool, activation: Activation = .identity) {
    let g = geometry
    input = g.large
    output = g.small
    let taps = g.kernelHeight * g.kernelWidth
    weight = Parameter(
      name: "weight",
      layout: .convolution(
        kernelHeight: g.kernelHeight, kernelWidth: g.kernelWidth, large: g.large.channels,
        small: g.small.channels),
      count: g.weightCount, fanIn: taps * g.large.channels, fanOut: taps * g.small.channels)
    lowered = LoweredConvolution(g)
    after = BiasActivation(shape: g.small, bias: bias, activation: activation, fanIn: taps * g.large.channels)
  }

  /// What is trained, in PyTorch's order.
  public var parameters: [Parameter] { [weight] + (after.bias.map { [$0] } ?? []) }
  /// Floats that each thread needs for lowering.
  public var scratchFloats: Int { lowered.scratchFloats }
  /// Of one sample, the direct way.
  public var operationsPerForward: Double { lowered.geometry.operations }

  /// Allocates what passes over up to `samples` samples in up to `slices` slices need.
  public func prepare(samples: Int, slices: Int) { after.prepare(samples: samples, slices: slices) }

  /// Reads x [N, H, W, C], writes y [N, OH, OW, OC].
  public func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    lowered.gather(x, weight.values, into: y, epilogue: after.epilogue, pass)
  }

  /// Reads x, y and dy; writes dx [N, H, W, C] (=) and the gradients of weight and bias a slice. dy becomes
  /// the gradient before the activation.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    after.backward(y: y, dy: dy, pass)
    if let gradients = pass.gradients { lowered.weightGradient(large: x, small: dy, weight, gradients, pass) }
    if let dx {
      lowered.spread(dy, weight.values, version: weight.version, into: dx, epilogue: Epilogue(), pass)
    }
  }
}
