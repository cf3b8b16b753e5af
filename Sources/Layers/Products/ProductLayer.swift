import Tensors

/// What convolution, transposed convolution and dense layer have in common: a weight, products by its plan,
/// and a bias and an activation after them. They differ in the direction in which they go through the
/// geometry.
package class ProductLayer: Layer {
  /// One sample going in.
  package let input: PictureShape
  /// One sample coming out.
  package let output: PictureShape
  /// [KH, KW, CL, CS] (docs/numerics.md, *Layouts*).
  package let weight: Parameter
  /// What divides the weight by its largest singular value, if anything does.
  package let spectralNorm: SpectralNorm?
  let convolution: PlannedConvolution
  let after: BiasActivation

  init(
    _ geometry: ConvolutionGeometry, input: PictureShape, output: PictureShape, layout: ParameterLayout,
    fanIn: Int, fanOut: Int, bias: Bool, activation: Activation, _ planner: ConvolutionPlanner,
    spreadsForward: Bool = false, spectralNorm: Bool = false
  ) {
    self.input = input
    self.output = output
    // PyTorch's torch.nn.utils.spectral_norm keeps the trained weight under this name.
    weight = Parameter(
      name: spectralNorm ? "weight_orig" : "weight", layout: layout, count: geometry.weightCount,
      fanIn: fanIn, fanOut: fanOut)
    self.spectralNorm = spectralNorm ? SpectralNorm(weight, transposed: spreadsForward) : nil
    convolution = PlannedConvolution(geometry, planner, spreadsForward: spreadsForward)
    after = BiasActivation(shape: output, bias: bias, activation: activation, fanIn: fanIn)
  }

  /// What is trained, in PyTorch's order.
  package var parameters: [Parameter] { [weight] + (after.bias.map { [$0] } ?? []) }
  /// The vectors of the weight's power iteration.
  package var buffers: [StateBuffer] { spectralNorm?.buffers ?? [] }
  /// The weight that products are made with.
  private var used: Parameter { spectralNorm?.used ?? weight }
  /// Floats that each thread needs for its part of a product.
  package var scratchFloats: Int { convolution.scratchFloats }
  /// Floats that the threads share for the weight gradient.
  package var sharedFloats: Int { convolution.sharedFloats }
  /// Multiplications plus additions of one sample's forward pass, computed directly.
  package var operationsPerForward: Double { convolution.geometry.operations }

  /// Allocates what passes over up to `samples` samples in up to `slices` slices need.
  package func prepare(samples: Int, slices: Int) {
    after.prepare(samples: samples, slices: slices)
    convolution.prepare(samples: samples, slices: slices)
  }

  /// Reads x, writes y: `pass.samples` of `input` and of `output`.
  package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    preconditionFailure("each direction has a forward pass of its own")
  }

  /// Reads x, y and dy; writes dx (=) and the gradients of weight and bias where `pass` wants them. dy
  /// becomes the gradient before the activation.
  package func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    preconditionFailure("each direction has a backward pass of its own")
  }

  // MARK: The two directions

  /// y = the windows of x times the weight.
  func gatherForward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    spectralNorm?.refresh(pass.pool)
    convolution.gather(x, used, into: y, epilogue: after.epilogue, pass)
  }

  /// The gradients of `gatherForward`.
  func gatherBackward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    after.backward(y: y, dy: dy, pass)
    if let gradients = pass.gradients {
      pass.time(.weightGradient) { convolution.weightGradient(large: x, small: dy, used, gradients, pass) }
    }
    if let dx {
      pass.time(.dataGradient) { convolution.spread(dy, used, into: dx, pass) }
    }
  }

  /// y = the weighted windows of x's pixels, added up.
  func spreadForward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    spectralNorm?.refresh(pass.pool)
    convolution.spread(x, used, into: y, epilogue: after.epilogue, pass)
  }

  /// The gradients of `spreadForward`.
  func spreadBackward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    after.backward(y: y, dy: dy, pass)
    if let gradients = pass.gradients {
      pass.time(.weightGradient) { convolution.weightGradient(large: dy, small: x, used, gradients, pass) }
    }
    if let dx {
      pass.time(.dataGradient) { convolution.gather(dy, used, into: dx, pass) }
    }
  }
}
