import Foundation
import Layers
import Networks
import Tensors
import TestNetworks

/// Numbers that TensorFlow and Keras made of small inputs (Fixtures/README.md, tensorflow.json).
struct TensorFlowNumbers: Decodable, Sendable {
  struct SamePadding: Decodable, Sendable {
    let kind: String
    let kernel: Int
    let stride: Int
    let height: Int
    let width: Int
    let weight: [Float]
    let input: [Float]
    let outputHeight: Int
    let outputWidth: Int
    let output: [Float]
    let counts: [Float]

    var inputShape: PictureShape { PictureShape(height: height, width: width, channels: 1) }

    /// The layer, of one channel in and out.
    func layer(_ padding: Padding) -> LayerSpecification {
      let convolution = ConvolutionSpecification(
        outChannels: 1, kernel: kernel, stride: stride, padding: padding)
      return kind == "convolution" ? .convolution(convolution) : .transposedConvolution(convolution)
    }
  }

  struct Losses: Decodable, Sendable {
    let preset: String
    let side: String
    let losses: [Double]
  }

  struct Optimizer: Decodable, Sendable {
    let optimizer: String
    let epsilon: Double
    let steps: [Int]
    let parameters: [[Double]]
  }

  struct Averages: Decodable, Sendable {
    let decay: Double
    let zeroDebiased: Bool
    let means: [[Float]]
    let variances: [[Float]]
  }

  struct Initial: Decodable, Sendable {
    struct Glorot: Decodable, Sendable {
      let kind: String
      let shape: [Int]
      let largest: Double
    }
    struct Normal: Decodable, Sendable {
      let std: Double
      let largest: Double
      let foundStd: Double
      let within: [Double]
    }
    let glorot: [Glorot]
    let truncatedNormal: Normal
    let largestBias: Double
  }

  let same: [SamePadding]
  let logits: [Float]
  let losses: [Losses]
  let adam: [Optimizer]
  let averages: [Averages]
  let initial: Initial
  let dropout: [Float]

  init() throws {
    let json = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("tensorflow.json")))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Self.self, from: json)
  }
}

/// A network of its own that a test feeds.
struct SmallNetwork {
  let network: Network
  let pool = ThreadPool(threads: 1)
  let pass: Pass

  init(_ layers: [LayerSpecification], _ input: PictureShape, samples: Int = 1) throws {
    try BLAS.open()
    network = Network(
      try NetworkSummary(role: .generator, input: input, layers: layers), pool: pool,
      planner: ConvolutionPlanner(.direct))
    network.prepare(samples: samples, slices: 1)
    pass = try makePass(pool, [0, samples])
  }

  /// The outputs of all samples.
  func callAsFunction(_ x: [Float]) throws -> [Float] {
    let y = try network.forward(x, pass)
    return Array(UnsafeBufferPointer(start: y, count: pass.samples * network.output.count))
  }

  /// Sets every parameter, in their order.
  func set(_ numbers: [Float]) {
    network.values.data.update(from: numbers, count: network.values.count)
    network.markChanged()
  }
}
