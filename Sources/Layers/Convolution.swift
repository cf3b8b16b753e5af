import Tensors

/// Cross-correlation with bias and activation: y[n, i, j] = f(b + sum over kh, kw, c of
/// x[n, i s - p + kh, j s - p + kw, c] w[kh, kw, c]), x [N, H, W, C], w [KH, KW, C, OC].
public final class Convolution: Layer {
  public let input: PictureShape
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
        kernelHeight: g.kernelHeight, kernelWidth: g.kernelWidth, large: g.large.channels, small: g.small.channels),
      count: g.weightCount, fanIn: taps * g.large.channels, fanOut: taps * g.small.channels)
    lowered = LoweredConvolution(g)
    after = BiasActivation(shape: g.small, bias: bias, activation: activation, fanIn: taps * g.large.channels)
  }

  public var parameters: [Parameter] { [weight] + (after.bias.map { [$0] } ?? []) }
  public var scratchFloats: Int { lowered.scratchFloats }
  public var operationsPerForward: Double { lowered.geometry.operations }

  public func prepare(samples: Int, slices: Int) { after.prepare(samples: samples, slices: slices) }

  public func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    lowered.gather(x, weight.values, into: y, epilogue: after.epilogue, pass)
  }

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
