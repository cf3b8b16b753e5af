import Layers
import Tensors
import TestSupport
import Testing

/// Products of bfloat16 in place of floats, where the CPU has them: off by bfloat16's rounding, and the same promises to
/// the bit.
@Suite(.enabled(if: ProductPrecision.bf16.isAvailable)) struct PrecisionTests {
  init() throws { try BLAS.open() }

  /// Two factors rounded to 8 bits, in sums whose terms cancel.
  static let tolerance = 2e-2
  static let planner = ConvolutionPlanner(
    precision: .bf16, forced: ConvolutionPlan(all: .winograd(tile: 2)))

  @Test(arguments: ConvolutionCase.minimal.indices) func everyForm(_ index: Int) throws {
    let test = ConvolutionCase.minimal[index]
    for transposed in [false, true] {
      let layer = ConvolutionCheck.layer(
        test.geometry, transposed: transposed, bias: false, .identity, Self.planner)
      #expect(layer.planName(of: .forward)?.hasSuffix("bf16") == true)
      try ConvolutionCheck(
        test: test, transposed: transposed, bias: index % 2 == 0, activation: .identity,
        planners: [Self.planner], bounds: [0, 2, 2, 5], normal: true, tolerance: Self.tolerance
      ).run()
    }
  }

  /// What is tried is rounded, or the tolerance would hide that it is not.
  @Test func isRounded() throws {
    let g = ConvolutionCase.full[0].geometry
    var numbers = Numbers(3)
    let x = numbers.normals(2 * g.large.count)
    var outcomes: [[Float]] = []
    for planner in [Self.planner, .tiles(2)] {
      let bench = LayerBench(Convolution(g, bias: false, planner: planner))
      var weights = Numbers(4)
      bench.parameters = weights.normals(g.weightCount)
      outcomes.append(try bench.forward(x, [0, 1, 2]))
    }
    let error = largestError(outcomes[0], outcomes[1].map(Double.init))
    #expect(error > 1e-4 && error < Self.tolerance)
  }

  /// Neither threads nor the cut into slices matter, and slices are folded in the tree's order.
  @Test func promises() throws {
    for test in [ConvolutionCase.minimal[0], ConvolutionCase.minimal[8], ConvolutionCase.minimal[11]] {
      for transposed in [false, true] {
        let kind = SliceTests.Kind(testDescription: "bf16, \(test.name)") {
          ConvolutionCheck.layer(
            test.geometry, transposed: transposed, bias: true, .leakyReLU(slope: 0.2), Self.planner)
        }
        let tests = try SliceTests()
        try tests.threadsDoNotMatter(kind)
        try tests.slicesAreApart(kind)
        try tests.neighboursDoNotMatterInEvaluation(kind)
      }
    }
  }

  /// More taps than three stay float32: to the bit what they are without the precision.
  @Test func longFormsAreNotRounded() throws {
    for test in [ConvolutionCase.long[0], ConvolutionCase.long[10]] {
      let way = ConvolutionWay.winograd(tile: test.taps == 4 ? 3 : 2)
      let kinds = [ProductPrecision.bf16, .fp32].map { precision in
        SliceTests.Kind(testDescription: test.name) {
          ConvolutionCheck.layer(
            test.geometry, transposed: true, bias: true, .identity,
            ConvolutionPlanner(precision: precision, forced: ConvolutionPlan(all: way)))
        }
      }
      let outcomes = try kinds.map { kind in
        let (bench, data) = try SliceTests().bench(kind, threads: 2)
        #expect(bench.layer.planName(of: .forward) == test.longName)
        return try bench.run(data.x, dy: data.dy, [0, 3, 8])
      }
      expectSameBits(outcomes[0], outcomes[1])
    }
  }

  /// Without the instruction there is a fallback, which is for the caller to say.
  @Test func plannerTakesWhatItIsGiven() {
    let g = ConvolutionCase.full[0].geometry
    let plan = ConvolutionPlanner(precision: .bf16).plan(for: g)
    #expect(plan == ConvolutionPlan(all: .winograd(tile: 2)))
    #expect(ConvolutionPlanner(.direct, precision: .bf16).plan(for: g) == ConvolutionPlan())
  }
}
