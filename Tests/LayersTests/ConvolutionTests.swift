import Foundation
import Layers
import Tensors
import TestSupport
import Testing

/// Convolutions, transposed convolutions and dense layers beside their definition in double.
@Suite struct ConvolutionTests {
  init() throws { try BLAS.open() }

  /// A float sum of the longest window here, 49 x 64, is off by less than this, beside its size.
  static let tolerance = 2e-6

  private func check(_ test: ConvolutionCase, transposed: Bool, bias: Bool, _ activation: Activation) throws {
    try ConvolutionCheck(
      test: test, transposed: transposed, bias: bias, activation: activation, tolerance: Self.tolerance
    ).run()
  }

  static let activations: [Activation] = [
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
