import Foundation
import Layers
import Tensors
import Testing

/// Convolutions, transposed convolutions and dense layers beside their definition in double.
@Suite struct ConvolutionTests {
  init() throws { try BLAS.open() }

  /// Eight samples in three slices, the second of them empty.
  static let bounds = [0, 3, 3, 8]
  /// A float sum of the longest window here, 49 x 64, is off by less than this, beside its size.
  static let tolerance = 2e-6

  private static func apply(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .identity: x
    case .leakyReLU(let slope): x > 0 ? x : x * Double(slope)
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    }
  }

  private static func derivative(_ activation: Activation, fromValue y: Double) -> Double {
    switch activation {
    case .identity: 1
    case .leakyReLU(let slope): y > 0 ? 1 : Double(slope)
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    }
  }

  static func layer(_ g: ConvolutionGeometry, transposed: Bool, bias: Bool, _ activation: Activation)
    -> any Layer
  {
    transposed
      ? TransposedConvolution(g, bias: bias, activation: activation)
      : Convolution(g, bias: bias, activation: activation)
  }

  /// Forward, dx, dw and db of every slice.
  private func check(_ test: ConvolutionCase, transposed: Bool, bias: Bool, _ activation: Activation) throws {
    let g = test.geometry
    let reference = ReferenceConvolution(geometry: g)
    let bench = LayerBench(Self.layer(g, transposed: transposed, bias: bias, activation))
    let samples = Self.bounds[Self.bounds.count - 1]
    var numbers = Numbers(g.weightCount + g.large.count)
    let x = numbers.floats(samples * bench.layer.input.count)
    let dy = numbers.floats(samples * bench.layer.output.count)
    // Of a size that leaves activations their curvature.
    let terms = Float(transposed ? g.weightCount / g.large.channels : g.windowCount).squareRoot()
    bench.parameters = numbers.floats(bench.values.count).map { $0 * 2 / terms }
    let weights = Array(bench.parameters[..<g.weightCount])
    let outcome = try bench.run(x, dy: dy, Self.bounds)

    let channels = bench.layer.output.channels
    var expected =
      transposed
      ? reference.spread(x, weights, samples: samples) : reference.gather(x, weights, samples: samples)
    for i in expected.indices {
      let shift = bias ? Double(bench.parameters[g.weightCount + i % channels]) : 0
      expected[i] = Self.apply(activation, expected[i] + shift)
    }
    #expect(largestError(outcome.y, expected) < Self.tolerance)

    // f' is a function of the output that was computed: near a kink that of the exact one may be another.
    let through = zip(dy, outcome.y).map {
      Float(Double($0) * Self.derivative(activation, fromValue: Double($1)))
    }
    let dx =
      transposed
      ? reference.gather(through, weights, samples: samples)
      : reference.spread(through, weights, samples: samples)
    #expect(largestError(outcome.dx, dx) < Self.tolerance)
    for slice in 0..<Self.bounds.count - 1 {
      let range = Self.bounds[slice]..<Self.bounds[slice + 1]
      let dw =
        transposed
        ? reference.weightGradient(large: through, small: x, samples: range)
        : reference.weightGradient(large: x, small: through, samples: range)
      #expect(
        largestError(Array(outcome.gradients[slice][..<g.weightCount]), dw) < Self.tolerance, "slice \(slice)"
      )
      guard bias else { continue }
      var db = [Double](repeating: 0, count: channels)
      let size = bench.layer.output.count
      for i in range.lowerBound * size..<range.upperBound * size { db[i % channels] += Double(through[i]) }
      #expect(
        largestError(Array(outcome.gradients[slice][g.weightCount...]), db) < Self.tolerance, "slice \(slice)"
      )
    }
    #expect(sameBits(try bench.runWithoutGradients(x, dy: dy, Self.bounds), outcome.dx))
  }

  private static let activations: [Activation] = [
    .identity, .leakyReLU(slope: 0.2), .tanh, .sigmoid, .leakyReLU(slope: 0),
  ]

  @Test(arguments: Array(ConvolutionCase.all.enumerated().map { ($0.offset, $0.element) }))
  func againstDefinition(_ index: Int, _ test: ConvolutionCase) throws {
    // Bias and activations take turns; the special cases get all of them below.
    let activation = Self.activations[index % 5]
    try check(test, transposed: false, bias: index % 2 == 0, activation)
    try check(test, transposed: true, bias: index % 2 == 0, activation)
  }

  @Test(arguments: [0, 3, 8, 15, 20]) func everyActivation(_ index: Int) throws {
    for activation in Self.activations {
      for bias in [false, true] {
        try check(ConvolutionCase.special[index], transposed: false, bias: bias, activation)
        try check(ConvolutionCase.special[index], transposed: true, bias: bias, activation)
      }
    }
  }

  /// x w + b, the picture read in its HWC order.
  @Test func dense() throws {
    let layer = Dense(
      input: PictureShape(height: 3, width: 2, channels: 5), outputs: 7, bias: true, activation: .tanh)
    let bench = LayerBench(layer)
    var numbers = Numbers(5)
    bench.parameters = numbers.floats(30 * 7 + 7)
    let x = numbers.floats(4 * 30)
    let y = try bench.forward(x, [0, 1, 4])
    var expected: [Double] = []
    for n in 0..<4 {
      for o in 0..<7 {
        var sum = Double(bench.parameters[210 + o])
        for f in 0..<30 { sum += Double(x[n * 30 + f]) * Double(bench.parameters[f * 7 + o]) }
        expected.append(tanh(sum))
      }
    }
    #expect(largestError(y, expected) < 1e-6)
    #expect(
      layer.weight.layout == .dense(inputs: 30, outputs: 7) && layer.weight.fanIn == 30
        && layer.weight.fanOut == 7)
  }

  /// What derives from the weights is made again when they change, and only read when they do not.
  @Test func changedWeightsAreSeen() throws {
    for test in [ConvolutionCase.special[10], ConvolutionCase.special[0], ConvolutionCase.special[9]] {
      let g = test.geometry
      let bench = LayerBench(TransposedConvolution(g, bias: false))
      var numbers = Numbers(6)
      let x = numbers.floats(2 * g.small.count)
      for _ in 0..<2 {
        bench.parameters = numbers.floats(bench.values.count)
        let expected = ReferenceConvolution(geometry: g).spread(x, bench.parameters, samples: 2)
        #expect(largestError(try bench.forward(x, [0, 2]), expected) < Self.tolerance)
        #expect(largestError(try bench.forward(x, [0, 1, 2]), expected) < Self.tolerance)
      }
    }
  }
}
