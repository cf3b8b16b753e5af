import Configuration
import Wording

extension LayerSpecification: ConfigurationConvertible {
  /// The names that layers go by in JSON.
  package static let kinds = [
    "convolution", "transposedConvolution", "dense", "batchNorm", "relu", "leakyReLU", "tanh", "sigmoid",
    "dropout", "averagePool", "pixelShuffle", "upsampleNearest", "reshape",
  ]

  /// The name of this layer in JSON.
  package var kind: String {
    switch self {
    case .convolution: "convolution"
    case .transposedConvolution: "transposedConvolution"
    case .dense: "dense"
    case .batchNorm: "batchNorm"
    case .relu: "relu"
    case .leakyReLU: "leakyReLU"
    case .tanh: "tanh"
    case .sigmoid: "sigmoid"
    case .dropout: "dropout"
    case .averagePool: "averagePool"
    case .pixelShuffle: "pixelShuffle"
    case .upsampleNearest: "upsampleNearest"
    case .reshape: "reshape"
    }
  }

  /// Whether this layer is an element-wise function or dropout.
  package var isActivation: Bool {
    switch self {
    case .relu, .leakyReLU, .tanh, .sigmoid, .dropout: true
    case .convolution, .transposedConvolution, .dense, .batchNorm, .averagePool, .pixelShuffle,
      .upsampleNearest, .reshape:
      false
    }
  }

  /// Reads one layer strictly: `{"layer": "relu"}`.
  /// - Throws: `ConfigurationError`.
  package init(configuration value: ConfigurationValue, path: String) throws {
    guard case .object = value, case .string(let kind)? = value["layer"] else {
      throw ConfigurationError(
        "\(path) must be an object whose \"layer\" is \(listed(Self.kinds, with: "or"))")
    }
    func reader(_ keys: [String]) throws -> ConfigurationReader {
      try ConfigurationReader(value, path: path, kind: kind, known: ["layer"] + keys)
    }
    switch kind {
    case "convolution", "transposedConvolution":
      let members = try reader([
        "out", "kernel", "stride", "padding", "bias", "init", "bias_init", "spectral_norm",
      ])
      let specification = try ConvolutionSpecification(members)
      self = kind == "convolution" ? .convolution(specification) : .transposedConvolution(specification)
    case "dense":
      self = .dense(try .init(try reader(["out", "bias", "init", "bias_init", "spectral_norm"])))
    case "batchNorm":
      let keys = [
        "epsilon", "momentum", "scale", "unbiased_running_variance", "zero_debiased_mean", "scale_init",
      ]
      self = .batchNorm(try .init(try reader(keys)))
    case "relu", "tanh", "sigmoid":
      _ = try reader([])
      self = kind == "relu" ? .relu : kind == "tanh" ? .tanh : .sigmoid
    case "leakyReLU": self = .leakyReLU(slope: try reader(["slope"]).number("slope"))
    case "dropout":
      let members = try reader(["rate", "at_test"])
      let rate = try members.number("rate")
      guard rate >= 0, rate < 1 else {
        throw members.wrong("rate", .number(rate), "a number from 0 to below 1")
      }
      self = .dropout(rate: rate, atTest: try members.boolIfPresent("at_test") ?? false)
    case "averagePool":
      let members = try reader(["kernel", "stride"])
      let kernel = try members.integer("kernel", in: 1...64)
      self = .averagePool(
        kernel: kernel, stride: try members.integerIfPresent("stride", in: 1...64) ?? kernel)
    case "pixelShuffle", "upsampleNearest":
      let factor = try reader(["factor"]).integer("factor", in: 1...64)
      self = kind == "pixelShuffle" ? .pixelShuffle(factor: factor) : .upsampleNearest(factor: factor)
    case "reshape":
      let members = try reader(["height", "width", "channels"])
      self = .reshape(
        height: try members.integer("height", in: 1...16_384),
        width: try members.integer("width", in: 1...16_384),
        channels: try members.integer("channels", in: 1...1_048_576))
    default:
      throw ConfigurationError(
        "\(path) is an unknown layer \"\(kind)\"; \(suggestion(for: kind, in: Self.kinds))")
    }
  }

  /// The layer as it stands in JSON.
  package var configuration: ConfigurationValue {
    let members: [ConfigurationValue.Member] =
      switch self {
      case .convolution(let specification), .transposedConvolution(let specification): specification.members
      case .dense(let specification): specification.members
      case .batchNorm(let specification): specification.members
      case .leakyReLU(let slope): [.init("slope", .real(slope))]
      case .dropout(let rate, let atTest):
        [.init("rate", .real(rate))] + (atTest ? [.init("at_test", .bool(true))] : [])
      case .averagePool(let kernel, let stride):
        [.init("kernel", .integer(kernel)), .init("stride", .integer(stride))]
      case .pixelShuffle(let factor), .upsampleNearest(let factor): [.init("factor", .integer(factor))]
      case .reshape(let height, let width, let channels):
        [
          .init("height", .integer(height)), .init("width", .integer(width)),
          .init("channels", .integer(channels)),
        ]
      case .relu, .tanh, .sigmoid: []
      }
    return .object([.init("layer", .string(kind))] + members)
  }
}

extension ConvolutionSpecification {
  fileprivate init(_ reader: ConfigurationReader) throws {
    let kernel = try reader.integer("kernel", in: 1...64)
    self.init(
      outChannels: try reader.integer("out", in: 1...1_048_576), kernel: kernel,
      stride: try reader.integer("stride", in: 1...64), padding: try Self.padding(reader, below: kernel),
      bias: try reader.bool("bias"))
    if let rule = try reader.initializer("init") { weightInitializer = rule }
    if let rule = try reader.initializer("bias_init") { biasInitializer = rule }
    spectralNorm = try reader.boolIfPresent("spectral_norm") ?? false
  }

  private static func padding(_ reader: ConfigurationReader, below kernel: Int) throws -> Padding {
    let value = try reader.required("padding")
    switch value {
    case .string("same"): return .same
    case .integer(let pixels) where pixels >= 0 && pixels < kernel: return .explicit(pixels)
    default:
      throw reader.wrong("padding", value, "\"same\" or a whole number from 0 to below the kernel, \(kernel)")
    }
  }

  fileprivate var members: [ConfigurationValue.Member] {
    let pixels: ConfigurationValue =
      switch padding {
      case .explicit(let pixels): .integer(pixels)
      case .same: .string("same")
      }
    return [
      .init("out", .integer(outChannels)), .init("kernel", .integer(kernel)),
      .init("stride", .integer(stride)),
      .init("padding", pixels), .init("bias", .bool(bias)), .init("init", weightInitializer.configuration),
    ] + (bias ? [.init("bias_init", biasInitializer.configuration)] : [])
      + (spectralNorm ? [.init("spectral_norm", .bool(true))] : [])
  }
}

extension DenseSpecification {
  fileprivate init(_ reader: ConfigurationReader) throws {
    self.init(outFeatures: try reader.integer("out", in: 1...1_048_576), bias: try reader.bool("bias"))
    if let rule = try reader.initializer("init") { weightInitializer = rule }
    if let rule = try reader.initializer("bias_init") { biasInitializer = rule }
    spectralNorm = try reader.boolIfPresent("spectral_norm") ?? false
  }

  fileprivate var members: [ConfigurationValue.Member] {
    [
      .init("out", .integer(outFeatures)), .init("bias", .bool(bias)),
      .init("init", weightInitializer.configuration),
    ] + (bias ? [.init("bias_init", biasInitializer.configuration)] : [])
      + (spectralNorm ? [.init("spectral_norm", .bool(true))] : [])
  }
}

extension BatchNormSpecification {
  fileprivate init(_ reader: ConfigurationReader) throws {
    self.init()
    if let value = try reader.numberIfPresent("epsilon") { epsilon = value }
    if let value = try reader.numberIfPresent("momentum") { momentum = value }
    if let value = try reader.boolIfPresent("scale") { scale = value }
    if let value = try reader.boolIfPresent("unbiased_running_variance") { unbiasedRunningVariance = value }
    if let value = try reader.boolIfPresent("zero_debiased_mean") { zeroDebiasedMean = value }
    if let rule = try reader.initializer("scale_init") { scaleInitializer = rule }
    guard epsilon > 0 else { throw reader.wrong("epsilon", .real(epsilon), "a number above 0") }
    guard momentum > 0, momentum <= 1 else {
      throw reader.wrong("momentum", .real(momentum), "a number above 0 and at most 1, the new batch's share")
    }
  }

  fileprivate var members: [ConfigurationValue.Member] {
    [
      .init("epsilon", .real(epsilon)), .init("momentum", .real(momentum)), .init("scale", .bool(scale)),
      .init("unbiased_running_variance", .bool(unbiasedRunningVariance)),
      .init("zero_debiased_mean", .bool(zeroDebiasedMean)),
    ] + (scale ? [.init("scale_init", scaleInitializer.configuration)] : [])
  }
}

extension ConfigurationReader {
  fileprivate func initializer(_ key: String) throws -> Initializer? {
    try value(key).map { try Initializer(configuration: $0, path: path(of: key)) }
  }
}
