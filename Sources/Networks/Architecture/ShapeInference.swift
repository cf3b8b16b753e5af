import Configuration
import Tensors

/// A layer within its network: what it takes, gives and holds.
package struct LayerSummary: Equatable, Sendable {
  /// The place in the list, the N of `generator.main.N`.
  package let index: Int
  /// What the layer is.
  package let layer: LayerSpecification
  /// What it takes.
  package let input: PictureShape
  /// What it gives.
  package let output: PictureShape
  /// How many of its numbers are trained.
  package let trainedParameters: Int
  /// How many further numbers it holds as running averages (mean and variance).
  package let runningAverages: Int
}

/// A network's layers with their shapes and parameter counts.
package struct NetworkSummary: Equatable, Sendable {
  /// Which network it is.
  package let role: NetworkRole
  /// What its first layer takes.
  package let input: PictureShape
  /// Its layers, in order; at least one.
  package let layers: [LayerSummary]
  /// The numbers of layers after which heads begin. The output of the last of these layers is kept as it
  /// is.
  let branches: Set<Int>

  /// Infers the shapes of `layers`, of which the first takes `input`.
  /// - Throws: `ConfigurationError` where there is no layer, a dropout layer comes too late, or two layers
  ///   do not fit together, naming the layer and the shapes.
  package init(
    role: NetworkRole, input: PictureShape, layers: [LayerSpecification], branches: Set<Int> = []
  ) throws {
    guard !layers.isEmpty else {
      throw ConfigurationError("the \(role.rawValue) has no layers, and needs at least one")
    }
    var shape = input
    self.role = role
    self.input = input
    self.branches = branches
    self.layers = try layers.enumerated().map { index, layer in
      if case .dropout = layer, index > Self.lastDropout {
        throw ConfigurationError(
          "\(role.name(of: layer, at: index)) comes too late: dropout is among the first \(Self.lastDropout + 1) layers"
        )
      }
      let taken = shape
      shape = try layer.output(of: taken, layerName: role.name(of: layer, at: index))
      return LayerSummary(
        index: index, layer: layer, input: taken, output: shape,
        trainedParameters: layer.trainedParameters(for: taken),
        runningAverages: layer.runningAverages(for: taken))
    }
  }

  /// The last index that a dropout layer may have. Its random stream has 8 bits for the index.
  private static let lastDropout = 255

  /// What the last layer gives.
  package var output: PictureShape { layers.last?.output ?? input }
  /// All trained parameters.
  package var trainedParameters: Int { layers.reduce(0) { $0 + $1.trainedParameters } }
  /// Trained parameters and running averages together.
  package var parametersWithRunningAverages: Int {
    layers.reduce(trainedParameters) { $0 + $1.runningAverages }
  }
  /// The last layer's place and kind.
  var lastLayerName: String { layers.last.map { role.name(of: $0.layer, at: $0.index) } ?? role.rawValue }
}

extension NetworkRole {
  /// A layer as sentences name it: `generator.3 (batchNorm)`.
  func name(of layer: LayerSpecification, at index: Int) -> String { "\(rawValue).\(index) (\(layer.kind))" }
}

/// No picture inside a network may be larger than this, so that counts stay far from the end of Int.
private let largestSide = 16_384
private let largestCount = 1 << 31

extension LayerSpecification {
  /// The shape of this layer's output for an input of shape `input`.
  ///
  /// Convolution: floor((H + 2 padding - K) / stride) + 1, or ceil(H / stride) for SAME. Transposed:
  /// (H - 1) stride - 2 padding + K, or H stride for SAME. Pooling: floor((H - K) / stride) + 1.
  /// - Throws: `ConfigurationError` that names `layerName` and the shapes.
  func output(of input: PictureShape, layerName: String) throws -> PictureShape {
    let shape: PictureShape
    switch self {
    case .convolution(let c):
      if case .explicit(let padding) = c.padding {
        let side = min(input.height, input.width) + 2 * padding
        guard side >= c.kernel else {
          throw ConfigurationError(
            "\(layerName) cannot take \(input): its kernel is \(c.kernel) x \(c.kernel), and with padding \(padding) "
              + "the picture is only \(input.height + 2 * padding) x \(input.width + 2 * padding)")
        }
      }
      shape = input.mapSides(channels: c.outChannels) { side in
        switch c.padding {
        case .explicit(let padding): (side + 2 * padding - c.kernel) / c.stride + 1
        case .same: (side + c.stride - 1) / c.stride
        }
      }
    case .transposedConvolution(let c):
      shape = input.mapSides(channels: c.outChannels) { side in
        switch c.padding {
        case .explicit(let padding): (side - 1) * c.stride - 2 * padding + c.kernel
        case .same: side * c.stride
        }
      }
      guard shape.height > 0, shape.width > 0 else {
        throw ConfigurationError(
          "\(layerName) leaves nothing of \(input): kernel \(c.kernel), stride \(c.stride) and its padding would give "
            + "\(shape.height) x \(shape.width)")
      }
    case .dense(let dense):
      shape = PictureShape(height: 1, width: 1, channels: dense.outFeatures)
    case .averagePool(let kernel, let stride):
      guard min(input.height, input.width) >= kernel else {
        throw ConfigurationError("\(layerName) cannot take \(input): its windows are \(kernel) x \(kernel)")
      }
      shape = input.mapSides(channels: input.channels) { ($0 - kernel) / stride + 1 }
    case .pixelShuffle(let factor):
      let taken = factor * factor
      guard input.channels % taken == 0 else {
        throw ConfigurationError(
          "\(layerName) cannot take \(input): a factor of \(factor) makes one channel of \(taken), "
            + "and \(input.channels) is no multiple of it")
      }
      shape = input.mapSides(channels: input.channels / taken) { $0 * factor }
    case .upsampleNearest(let factor):
      shape = input.mapSides(channels: input.channels) { $0 * factor }
    case .reshape(let height, let width, let channels):
      shape = PictureShape(height: height, width: width, channels: channels)
      guard height <= largestSide, width <= largestSide, shape.count == input.count else {
        throw ConfigurationError(
          "\(layerName) cannot make \(shape) of \(input): \(shape.count) numbers are not \(input.count)")
      }
    case .batchNorm, .relu, .leakyReLU, .tanh, .sigmoid, .dropout:
      shape = input
    }
    guard shape.height <= largestSide, shape.width <= largestSide, shape.count <= largestCount else {
      throw ConfigurationError(
        "\(layerName) would make \(shape) of \(input), more than \(largestSide) pixels a side or \(largestCount) numbers"
      )
    }
    return shape
  }

  /// How many numbers of this layer are trained.
  func trainedParameters(for input: PictureShape) -> Int {
    switch self {
    case .convolution(let c), .transposedConvolution(let c):
      input.channels * c.outChannels * c.kernel * c.kernel + (c.bias ? c.outChannels : 0)
    case .dense(let dense): input.count * dense.outFeatures + (dense.bias ? dense.outFeatures : 0)
    case .batchNorm(let norm): input.channels * (norm.scale ? 2 : 1)
    case .relu, .leakyReLU, .tanh, .sigmoid, .dropout, .averagePool, .pixelShuffle, .upsampleNearest,
      .reshape:
      0
    }
  }

  /// How many numbers this layer holds as running averages: a mean and a variance for each channel.
  func runningAverages(for input: PictureShape) -> Int {
    if case .batchNorm = self { return 2 * input.channels }
    return 0
  }
}

extension PictureShape {
  fileprivate func mapSides(channels: Int, _ transform: (Int) -> Int) -> PictureShape {
    PictureShape(height: transform(height), width: transform(width), channels: channels)
  }
}
