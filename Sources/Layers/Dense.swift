import Tensors

/// y = f(x w + b), x [N, F] (a picture in its HWC order), w [F, OUT].
public final class Dense: Layer {
  /// One sample going in.
  public let input: PictureShape
  /// One sample coming out.
  public let output: PictureShape
  /// [F, OUT].
  public let weight: Parameter
  private let lowered: LoweredConvolution
  private let after: BiasActivation

  /// A dense layer from all numbers of `input` to `outputs` features, followed by `activation`.
  public init(input: PictureShape, outputs: Int, bias: Bool, activation: Activation = .identity) {
    self.input = input
    output = .vector(outputs)
    weight = Parameter(
      name: "weight", layout: .dense(inputs: input.count, outputs: outputs), count: input.count * outputs,
      fanIn: input.count, fanOut: outputs)
    lowered = LoweredConvolution(.dense(inputs: input.count, outputs: outputs))
    after = BiasActivation(shape: output, bias: bias, activation: activation, fanIn: input.count)
  }

  /// What is trained, in PyTorch's order.
  public var parameters: [Parameter] { [weight] + (after.bias.map { [$0] } ?? []) }
  /// Floats that each thread needs for lowering.
  public var scratchFloats: Int { lowered.scratchFloats }
  /// Of one sample, the direct way.
  public var operationsPerForward: Double { lowered.geometry.operations }

  /// Allocates what passes over up to `samples` samples in up to `slices` slices need.
  public func prepare(samples: Int, slices: Int) { after.prepare(samples: samples, slices: slices) }

  /// Reads x [N, F], writes y [N, OUT].
  public func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    lowered.gather(x, weight.values, into: y, epilogue: after.epilogue, pass)
  }

  /// Reads x, y and dy; writes dx [N, F] (=) and the gradients of weight and bias a slice. dy becomes the
  /// gradient before the activation.
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
