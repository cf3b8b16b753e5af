import Layers
import Tensors
import TestSupport
import Testing

/// Every plan of convolutions beside their definition in double, on N(0, 1) numbers: the largest error beside the
/// largest number.
@Suite struct PlanTests {
  init() throws { try BLAS.open() }

  /// What every plan promises.
  static let tolerance = 5e-6
  /// What forms of five taps promise where sums are long: their weight gradients round more.
  static let toleranceOfFive = 1e-5

  static let forms = [ConvolutionPlanner.tiles(2), .tiles(4)]

  private static func check(
    _ test: ConvolutionCase, transposed: Bool, _ planners: [ConvolutionPlanner], bias: Bool = true,
    _ activation: Activation = .identity, bounds: [Int] = [0, 2, 2, 5], tolerance: Double = Self.tolerance
  ) throws {
    try ConvolutionCheck(
      test: test, transposed: transposed, bias: bias, activation: activation, planners: planners,
      bounds: bounds, normal: true, tolerance: tolerance
    ).run()
  }

  /// What is tried is the way that is meant, not what stands in for one that there is not.
  private static func checkName(
    _ name: String, _ test: ConvolutionCase, transposed: Bool, _ planner: ConvolutionPlanner
  ) {
    let layer = ConvolutionCheck.layer(
      test.geometry, transposed: transposed, bias: false, .identity, planner)
    for pass in [LayerPass.forward, .dataGradient, .weightGradient] {
      #expect(layer.planName(of: pass)?.hasPrefix(name) == true)
    }
  }

  @Test(arguments: ConvolutionCase.minimal.indices) func everyForm(_ index: Int) throws {
    let test = ConvolutionCase.minimal[index]
    for transposed in [false, true] {
      Self.checkName("F(2x2, ", test, transposed: transposed, .tiles(2))
      Self.checkName("F(4x4, ", test, transposed: transposed, .tiles(4))
      // Bias and activations take turns.
      try Self.check(
        test, transposed: transposed, Self.forms, bias: index % 2 == 0,
        ConvolutionTests.activations[(index + (transposed ? 2 : 0)) % 5])
    }
  }

  /// The forms of four and five taps.
  @Test(arguments: ConvolutionCase.long.indices) func everyLongForm(_ index: Int) throws {
    let test = ConvolutionCase.long[index]
    for transposed in [false, true] {
      Self.checkName(test.longName, test, transposed: transposed, test.longPlanner)
      try Self.check(
        test, transposed: transposed, [test.longPlanner], bias: index % 2 == 0,
        ConvolutionTests.activations[(index + (transposed ? 2 : 0)) % 5])
    }
  }

  @Test(arguments: ConvolutionCase.longSums) func longSums(_ test: ConvolutionCase) throws {
    for transposed in [false, true] {
      try Self.check(
        test, transposed: transposed, [test.longPlanner, .init(), .init(.direct)], bias: false,
        bounds: [0, 1, 2], tolerance: test.taps == 5 ? Self.toleranceOfFive : Self.tolerance)
    }
  }

  @Test func formsWithEveryActivation() throws {
    for activation in ConvolutionTests.activations {
      for bias in [false, true] {
        for transposed in [false, true] {
          try Self.check(
            ConvolutionCase.minimal[1], transposed: transposed, Self.forms, bias: bias, activation)
        }
      }
    }
  }

  @Test(arguments: ConvolutionCase.narrow.indices) func narrow(_ index: Int) throws {
    let test = ConvolutionCase.narrow[index]
    for transposed in [false, true] {
      Self.checkName("narrow", test, transposed: transposed, .init())
      try Self.check(
        test, transposed: transposed, [.init()], bias: index % 2 == 0,
        ConvolutionTests.activations[index % 5])
    }
  }

  /// Slices of fewer samples than one accumulator adds up, and of more.
  @Test(arguments: ConvolutionCase.products) func products(_ test: ConvolutionCase) throws {
    for transposed in [false, true] {
      try Self.check(test, transposed: transposed, [.init()], bounds: [0, 3, 3, 134, 135])
    }
  }

  /// Sums as long as those of dcgan64.
  @Test(arguments: ConvolutionCase.full) func fullSize(_ test: ConvolutionCase) throws {
    for transposed in [false, true] {
      try Self.check(
        test, transposed: transposed, Self.forms + [.init(.direct)], bias: false, bounds: [0, 1])
    }
  }

  /// The weight gradient of a whole slice of dcgan64, the longest sum of all, at some of the weights.
  @Test(arguments: [2, 3]) func weightGradientOfASlice(_ index: Int) throws {
    let g = ConvolutionCase.full[index].geometry
    let samples = 16
    var numbers = Numbers(index)
    let x = numbers.normals(samples * g.large.count)
    let dy = numbers.normals(samples * g.small.count)
    let places = (0..<300).map { _ in Int(numbers.word() % UInt64(g.weightCount)) }
    let reference = ReferenceConvolution(geometry: g)
    let expected = places.map { reference.weightGradient(large: x, small: dy, samples, at: $0) }
    for planner in Self.forms + [.init(.direct)] {
      let bench = LayerBench(Convolution(g, bias: false, planner: planner))
      let gradient = try bench.run(x, dy: dy, [0, samples]).gradients[0]
      #expect(largestError(places.map { gradient[$0] }, expected) < Self.tolerance, "\(planner)")
    }
  }

  /// All that has to hold on each instruction set.
  static func checkAll() throws {
    let tests = try PlanTests()
    for index in ConvolutionCase.minimal.indices { try tests.everyForm(index) }
    for index in ConvolutionCase.long.indices { try tests.everyLongForm(index) }
    for index in ConvolutionCase.narrow.indices { try tests.narrow(index) }
    for test in ConvolutionCase.products { try tests.products(test) }
    try tests.fullSize(ConvolutionCase.full[0])
    try tests.longSums(ConvolutionCase.longSums[1])
    try tests.weightGradientOfASlice(2)
  }
}
