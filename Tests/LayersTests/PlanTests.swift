import Layers
import Tensors
import Testing

/// Every plan of convolutions beside their definition in double, on N(0, 1) numbers: the largest error beside the
/// largest number.
@Suite struct PlanTests {
  init() throws { try BLAS.open() }

  /// What every plan promises.
  static let tolerance = 5e-6

  private static func check(
    _ test: ConvolutionCase, transposed: Bool, _ planner: ConvolutionPlanner, bias: Bool = true,
    _ activation: Activation = .identity, bounds: [Int] = [0, 2, 2, 5]
  ) throws {
    try ConvolutionCheck(
      test: test, transposed: transposed, bias: bias, activation: activation, planner: planner,
      bounds: bounds, normal: true, tolerance: tolerance
    ).run()
  }

  @Test(arguments: ConvolutionCase.minimal.indices, [2, 4]) func forms(_ index: Int, _ tile: Int) throws {
    let test = ConvolutionCase.minimal[index]
    for transposed in [false, true] {
      // What is tried is the form, not what stands in for one that there is not.
      let layer = ConvolutionCheck.layer(
        test.geometry, transposed: transposed, bias: false, .identity, .tiles(tile))
      for pass in [LayerPass.forward, .dataGradient, .weightGradient] {
        #expect(layer.planName(of: pass)?.hasPrefix("F(\(tile)x\(tile), ") == true)
      }
      // Bias and activations take turns.
      try Self.check(
        test, transposed: transposed, .tiles(tile), bias: (index + tile / 2) % 2 == 0,
        ConvolutionTests.activations[index % 5])
    }
  }

  @Test(arguments: [2, 4]) func formsWithEveryActivation(_ tile: Int) throws {
    for activation in ConvolutionTests.activations {
      for bias in [false, true] {
        for transposed in [false, true] {
          try Self.check(
            ConvolutionCase.minimal[1], transposed: transposed, .tiles(tile), bias: bias, activation)
        }
      }
    }
  }

  @Test(arguments: ConvolutionCase.narrow.indices) func narrow(_ index: Int) throws {
    let test = ConvolutionCase.narrow[index]
    for transposed in [false, true] {
      let layer = ConvolutionCheck.layer(
        test.geometry, transposed: transposed, bias: false, .identity, .init())
      for pass in [LayerPass.forward, .dataGradient, .weightGradient] {
        #expect(layer.planName(of: pass) == "narrow")
      }
      try Self.check(
        test, transposed: transposed, .init(), bias: index % 2 == 0, ConvolutionTests.activations[index % 5])
    }
  }

  /// Sums as long as those of dcgan64.
  @Test(arguments: ConvolutionCase.full, [0, 2, 4]) func fullSize(_ test: ConvolutionCase, _ tile: Int) throws
  {
    let planner = tile == 0 ? ConvolutionPlanner(.direct) : .tiles(tile)
    for transposed in [false, true] {
      try Self.check(test, transposed: transposed, planner, bias: false, bounds: [0, 2])
    }
  }

  /// The weight gradient of a whole slice of dcgan64, the longest sum of all, at some of the weights.
  @Test(arguments: [2, 3], [0, 2, 4]) func weightGradientOfASlice(_ index: Int, _ tile: Int) throws {
    let g = ConvolutionCase.full[index].geometry
    let samples = 16
    let bench = LayerBench(
      Convolution(g, bias: false, planner: tile == 0 ? ConvolutionPlanner(.direct) : .tiles(tile)))
    var numbers = Numbers(index)
    let x = numbers.normals(samples * g.large.count)
    let dy = numbers.normals(samples * g.small.count)
    bench.parameters = numbers.normals(g.weightCount)
    let gradient = try bench.run(x, dy: dy, [0, samples]).gradients[0]
    var found: [Float] = []
    var expected: [Double] = []
    for _ in 0..<300 {
      let place = Int(numbers.word() % UInt64(g.weightCount))
      found.append(gradient[place])
      expected.append(
        ReferenceConvolution(geometry: g).weightGradient(large: x, small: dy, samples, at: place))
    }
    #expect(largestError(found, expected) < Self.tolerance)
  }

  /// All that has to hold on each instruction set.
  static func checkAll() throws {
    let tests = try PlanTests()
    for index in ConvolutionCase.minimal.indices {
      for tile in [2, 4] { try tests.forms(index, tile) }
    }
    for index in ConvolutionCase.narrow.indices { try tests.narrow(index) }
    for tile in [0, 2, 4] { try tests.fullSize(ConvolutionCase.full[0], tile) }
    for tile in [2, 4] { try tests.weightGradientOfASlice(2, tile) }
  }
}
