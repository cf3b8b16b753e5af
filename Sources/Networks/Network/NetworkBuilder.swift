import Layers
import Tensors

/// A layer with its index in the architecture.
struct PlacedLayer {
  /// Its index in the architecture's list, the N of `generator.main.N`.
  let index: Int
  /// The kind in the list, for messages.
  let kind: String
  /// The layer that computes.
  let layer: any Layer
  /// The activation that ends it: one that it applies itself, or all that it is.
  let activation: Activation
  /// How the parameters begin, in their order.
  let initializers: [Initializer]
  /// The layer's parameters, asked for once.
  let parameters: [Parameter]

  init(
    index: Int, kind: String, layer: any Layer, activation: Activation, initializers: [Initializer]
  ) {
    self.index = index
    self.kind = kind
    self.layer = layer
    self.activation = activation
    self.initializers = initializers
    parameters = layer.parameters
  }

  /// The range of the layer's parameters within the network's; nil if it has none.
  var parameterRange: Range<Int>? {
    guard let first = parameters.first, let last = parameters.last else { return nil }
    return first.offset..<last.offset + last.count
  }
}

/// Turns an architecture's list into layers that compute.
///
/// A layer applies the activation after it in its own pass where it can. A reshape needs no layer, as it is
/// the same memory read under another shape. Both still count in the numbering.
enum NetworkBuilder {
  static func build(_ summary: NetworkSummary, _ planner: ConvolutionPlanner) -> [PlacedLayer] {
    var placed: [PlacedLayer] = []
    var skipped = -1
    for (position, layer) in summary.layers.enumerated() where position != skipped {
      let next = position + 1 < summary.layers.count ? summary.layers[position + 1].layer.activation : nil
      // The output that a head reads is kept as it is, without the next activation.
      let taken = layer.layer.canTake(next) && !summary.branches.contains(position + 1) ? next : nil
      if taken != nil { skipped = position + 1 }
      guard let built = make(layer, activation: taken ?? .identity, planner) else { continue }
      placed.append(
        PlacedLayer(
          index: layer.index, kind: layer.layer.kind, layer: built,
          activation: taken ?? layer.layer.activation ?? .identity, initializers: layer.layer.initializers))
    }
    return placed
  }

  private static func make(
    _ summary: LayerSummary, activation: Activation, _ planner: ConvolutionPlanner
  ) -> (any Layer)? {
    switch summary.layer {
    case .convolution(let c):
      return Convolution(
        geometry(large: summary.input, small: summary.output, c), bias: c.bias, activation: activation,
        planner: planner, spectralNorm: c.spectralNorm)
    case .transposedConvolution(let c):
      return TransposedConvolution(
        geometry(large: summary.output, small: summary.input, c), bias: c.bias, activation: activation,
        planner: planner, spectralNorm: c.spectralNorm)
    case .dense(let dense):
      return Dense(
        input: summary.input, outputs: dense.outFeatures, bias: dense.bias, activation: activation,
        spectralNorm: dense.spectralNorm)
    case .batchNorm(let norm):
      return BatchNorm(
        shape: summary.input,
        BatchNormSettings(
          epsilon: norm.epsilon, momentum: norm.momentum, scale: norm.scale,
          unbiasedRunningVariance: norm.unbiasedRunningVariance, zeroDebiasedMean: norm.zeroDebiasedMean),
        activation: activation)
    case .dropout(let rate, let atTest):
      return Dropout(shape: summary.input, rate: Float(rate), place: summary.index, atTest: atTest)
    case .relu, .leakyReLU, .tanh, .sigmoid:
      return summary.layer.activation.map { ActivationLayer(shape: summary.input, $0) }
    case .averagePool(let kernel, let stride):
      return AveragePool(input: summary.input, output: summary.output, kernel: kernel, stride: stride)
    case .pixelShuffle(let factor): return PixelShuffle(input: summary.input, factor: factor)
    case .upsampleNearest(let factor): return UpsampleNearest(input: summary.input, factor: factor)
    case .reshape: return nil
    }
  }

  /// The windows of a convolution with these pictures.
  static func geometry(
    large: PictureShape, small: PictureShape, _ c: ConvolutionSpecification
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      large: large, small: small, kernelHeight: c.kernel, kernelWidth: c.kernel, stride: c.stride,
      top: c.paddingBefore(large: large.height, small: small.height),
      left: c.paddingBefore(large: large.width, small: small.width))
  }
}

extension LayerSpecification {
  /// The element-wise function that this layer is, if it is one.
  var activation: Activation? {
    switch self {
    case .relu: .leakyReLU(slope: 0)
    case .leakyReLU(let slope): .leakyReLU(slope: Float(slope))
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    default: nil
    }
  }

  /// Whether this layer's kernels can apply `activation` in their own pass.
  func canTake(_ activation: Activation?) -> Bool {
    guard let activation else { return false }
    switch (self, activation) {
    case (.convolution, _), (.transposedConvolution, _), (.dense, _): return true
    case (.batchNorm, .leakyReLU): return true
    default: return false
    }
  }

  /// How this layer's parameters begin, weight before bias.
  var initializers: [Initializer] {
    switch self {
    case .convolution(let c), .transposedConvolution(let c):
      [c.weightInitializer] + (c.bias ? [c.biasInitializer] : [])
    case .dense(let d): [d.weightInitializer] + (d.bias ? [d.biasInitializer] : [])
    case .batchNorm(let b): (b.scale ? [b.scaleInitializer] : []) + [.constant(0)]
    default: []
    }
  }
}
