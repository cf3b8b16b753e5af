import Tensors

/// The adjoint of a convolution, with bias and activation: each small pixel adds its weighted window to the
/// large picture. x [N, H, W, C], y [N, OH, OW, OC], w [KH, KW, OC, C] (docs/numerics.md, *Layouts*).
public final class TransposedConvolution: Layer {
  /// One sample going in.
  public let input: PictureShape
  /// One sample coming out.
  public let output: PictureShape
  /// [KH, KW, OC, C].
  public let weight: Parameter
  private let lowered: LoweredConvolution
  private let after: BiasActivation

  /// A transposed convolution from `geometry.small` to `geometry.large`, followed by `activation`.
  public init(_ geometry: ConvolutionGeometry, bias: Bool, activation: Activation = .identity) {
    let g = geometry
    input = g.small
    output = g.large
    let taps = g.kernelHeight * g.kernelWidth
    weight = Parameter(
      name: "weight",
      layout: .convolution(
        kernelHeight: g.kernelHeight, kernelWidth: g.kernelWidth, large: g.large.channels,
        small: g.small.channels),
      // PyTorch takes the fan-in of a transposed convolution from its second dimension, which is OC.
      count: g.weightCount, fanIn: taps * g.large.channels, fanOut: taps * g.small.channels)
    lowered = LoweredConvolution(g)
    after = BiasActivation(shape: g.large, bias: bias, activation: activation, fanIn: taps * g.large.channels)
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
    lowered.spread(x, weight.values, version: weight.version, into: y, epilogue: after.epilogue, pass)
  }

  /// Reads x, y and dy; writes dx [N, H, W, C] (=) and the gradients of weight and bias a slice. dy becomes
  /// the gradient before the activation.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    after.backward(y: y, dy: dy, pass)
    if let gradients = pass.gradients { lowered.weightGradient(large: dy, small: x, weight, gradients, pass) }
    if let dx { lowered.gather(dy, weight.values, into: dx, epilogue: Epilogue(), pass) }
  }
}
