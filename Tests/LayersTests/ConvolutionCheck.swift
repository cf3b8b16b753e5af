import Foundation
import Layers
import TestSupport
import Testing

/// A convolution or transposed convolution beside its definition in double: forward, dx, and dw and db of every
/// slice.
struct ConvolutionCheck {
  let test: ConvolutionCase
  let transposed: Bool
  var bias = true
  var activation = Activation.identity
  /// The plans to try.
  var planners = [ConvolutionPlanner(.direct)]
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

  private var samples: Int { bounds[bounds.count - 1] }
  private var slices: [Range<Int>] { zip(bounds, bounds.dropFirst()).map { $0..<$1 } }

  func run(_ location: SourceLocation = #_sourceLocation) throws {
    let g = test.geometry
    let (input, output) = transposed ? (g.small, g.large) : (g.large, g.small)
    var numbers = Numbers(g.weightCount + g.large.count)
    func draw(_ count: Int) -> [Float] { normal ? numbers.normals(count) : numbers.floats(count) }
    let x = draw(samples * input.count)
    let dy = draw(samples * output.count)
    // Of a size that leaves activations their curvature.
    let terms = Float(transposed ? g.weightCount / g.large.channels : g.windowCount).squareRoot()
    let parameters = draw(g.weightCount + (bias ? output.channels : 0)).map { $0 * 2 / terms }
    let weights = Array(parameters[..<g.weightCount])
    let y = expectedOutput(x, parameters)
    var gradients: Gradients?
    for planner in planners {
      let bench = LayerBench(Self.layer(g, transposed: transposed, bias: bias, activation, planner))
      bench.parameters = parameters
      let outcome = try bench.run(x, dy: dy, bounds)
      // f' is a function of the output that was computed: near a kink that of the exact one may be another.
      let through = zip(dy, outcome.y).map {
        Float(Double($0) * activation.derivative(fromValue: Double($1)))
      }
      let expected =
        activation == .identity
        ? gradients ?? expectedGradients(x, through, weights) : expectedGradients(x, through, weights)
      gradients = expected
      func compare(_ found: [Float], _ expected: [Double], _ what: String, scale: Double? = nil) {
        let error = largestError(found, expected, scale: scale)
        #expect(error < tolerance, "\(what), \(planner)", sourceLocation: location)
      }
      // A function that saturates leaves less of a product than of its error.
      compare(outcome.y, y.values, "the output", scale: activation.saturates ? y.product : nil)
      compare(outcome.dx, expected.dx, "dx")
      for slice in slices.indices {
        let found = outcome.gradients[slice]
        compare(Array(found[..<g.weightCount]), expected.dw[slice], "dw of slice \(slice)")
        if bias { compare(Array(found[g.weightCount...]), expected.db[slice], "db of slice \(slice)") }
      }
      #expect(
        sameBits(try bench.runWithoutGradients(x, dy: dy, bounds), outcome.dx), sourceLocation: location)
    }
  }

  /// The output, and the size of the largest number before the activation.
  private func expectedOutput(_ x: [Float], _ parameters: [Float]) -> (values: [Double], product: Double) {
    let g = test.geometry
    let reference = ReferenceConvolution(geometry: g)
    let channels = transposed ? g.large.channels : g.small.channels
    var values =
      transposed
      ? reference.spread(x, parameters, samples: samples)
      : reference.gather(x, parameters, samples: samples)
    if bias {
      for i in values.indices { values[i] += Double(parameters[g.weightCount + i % channels]) }
    }
    let product = values.reduce(0) { max($0, abs($1)) }
    return (values.map(activation.value), product)
  }

  private struct Gradients {
    let dx: [Double]
    let dw: [[Double]]
    let db: [[Double]]
  }

  /// The gradients under `through`, that of what the activation is applied to.
  private func expectedGradients(_ x: [Float], _ through: [Float], _ weights: [Float]) -> Gradients {
    let g = test.geometry
    let reference = ReferenceConvolution(geometry: g)
    let output = transposed ? g.large : g.small
    return Gradients(
      dx: transposed
        ? reference.gather(through, weights, samples: samples)
        : reference.spread(through, weights, samples: samples),
      dw: slices.map {
        transposed
          ? reference.weightGradient(large: through, small: x, samples: $0)
          : reference.weightGradient(large: x, small: through, samples: $0)
      },
      db: slices.map { samples in
        var sums = [Double](repeating: 0, count: output.channels)
        for i in samples.lowerBound * output.count..<samples.upperBound * output.count {
          sums[i % output.channels] += Double(through[i])
        }
        return sums
      })
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
