import Foundation
import Layers
import Testing

/// A convolution or transposed convolution beside its definition in double: forward, dx, and dw and db of every
/// slice.
struct ConvolutionCheck {
  let test: ConvolutionCase
  let transposed: Bool
  var bias = true
  var activation = Activation.identity
  var planner = ConvolutionPlanner(.direct)
  /// Eight samples in three slices, the second of them empty.
  var bounds = [0, 3, 3, 8]
  /// Whether numbers are N(0, 1), or else uniform in [-1, 1).
  var normal = false
  /// Of the largest error, beside the largest number.
  let tolerance: Double

  static func layer(
    _ g: ConvolutionGeometry, transposed: Bool, bias: Bool, _ activation: Activation,
    _ planner: ConvolutionPlanner = .init(.direct)
  ) -> any Layer {
    transposed
      ? TransposedConvolution(g, bias: bias, activation: activation, planner: planner)
      : Convolution(g, bias: bias, activation: activation, planner: planner)
  }

  func run(_ location: SourceLocation = #_sourceLocation) throws {
    let g = test.geometry
    let reference = ReferenceConvolution(geometry: g)
    let bench = LayerBench(
      Self.layer(g, transposed: transposed, bias: bias, activation, planner))
    let samples = bounds[bounds.count - 1]
    var numbers = Numbers(g.weightCount + g.large.count)
    func draw(_ count: Int) -> [Float] { normal ? numbers.normals(count) : numbers.floats(count) }
    let x = draw(samples * bench.layer.input.count)
    let dy = draw(samples * bench.layer.output.count)
    // Of a size that leaves activations their curvature.
    let terms = Float(transposed ? g.weightCount / g.large.channels : g.windowCount).squareRoot()
    bench.parameters = draw(bench.values.count).map { $0 * 2 / terms }
    let weights = Array(bench.parameters[..<g.weightCount])
    let outcome = try bench.run(x, dy: dy, bounds)
    func compare(_ found: [Float], _ expected: [Double], _ what: String, scale: Double? = nil) {
      let error = largestError(found, expected, scale: scale)
      #expect(error < tolerance, "\(what)", sourceLocation: location)
    }

    let channels = bench.layer.output.channels
    var expected =
      transposed
      ? reference.spread(x, weights, samples: samples) : reference.gather(x, weights, samples: samples)
    // Of the product: a function that saturates leaves less of it than of its error.
    let size = expected.reduce(0) { max($0, abs($1)) }
    for i in expected.indices {
      let shift = bias ? Double(bench.parameters[g.weightCount + i % channels]) : 0
      expected[i] = activation.value(expected[i] + shift)
    }
    compare(outcome.y, expected, "the output", scale: activation.saturates ? size : nil)

    // f' is a function of the output that was computed: near a kink that of the exact one may be another.
    let through = zip(dy, outcome.y).map { Float(Double($0) * activation.derivative(fromValue: Double($1))) }
    let dx =
      transposed
      ? reference.gather(through, weights, samples: samples)
      : reference.spread(through, weights, samples: samples)
    compare(outcome.dx, dx, "dx")
    for slice in 0..<bounds.count - 1 {
      let range = bounds[slice]..<bounds[slice + 1]
      let dw =
        transposed
        ? reference.weightGradient(large: through, small: x, samples: range)
        : reference.weightGradient(large: x, small: through, samples: range)
      compare(Array(outcome.gradients[slice][..<g.weightCount]), dw, "dw of slice \(slice)")
      guard bias else { continue }
      var db = [Double](repeating: 0, count: channels)
      let count = bench.layer.output.count
      for i in range.lowerBound * count..<range.upperBound * count { db[i % channels] += Double(through[i]) }
      compare(Array(outcome.gradients[slice][g.weightCount...]), db, "db of slice \(slice)")
    }
    #expect(
      sameBits(try bench.runWithoutGradients(x, dy: dy, bounds), outcome.dx), sourceLocation: location)
  }
}

extension Activation {
  /// f(x).
  func value(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .leakyReLU(let slope): x > 0 ? x : x * Double(slope)
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    }
  }

  /// Whether f(x) stays within bounds.
  var saturates: Bool { self == .tanh || self == .sigmoid }

  /// f'(x) for y = f(x).
  func derivative(fromValue y: Double) -> Double {
    switch self {
    case .identity: 1
    case .leakyReLU(let slope): y > 0 ? 1 : Double(slope)
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    }
  }
}

extension Numbers {
  /// N(0, 1) (Box and Muller 1958).
  mutating func normals(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      let radius = (-2 * log((Double(word() >> 11) + 1) * 0x1p-53)).squareRoot()
      return Float(radius * cos(2 * Double.pi * Double(word() >> 11) * 0x1p-53))
    }
  }
}
