import Layers
import Testing

/// Which plan a layer gets (Note [Plans]).
@Suite struct PlannerTests {
  private func geometry(_ test: ConvolutionCase?) throws -> ConvolutionGeometry {
    try #require(test).geometry
  }

  @Test func directIsDirect() {
    for test in ConvolutionCase.minimal + ConvolutionCase.full {
      #expect(ConvolutionPlanner(.direct).plan(for: test.geometry) == ConvolutionPlan())
    }
  }

  /// The strided layers of dcgan64 take forms; the picture's own layers, and the 1x1 ones, do not.
  @Test func formsWhereTheyPay() throws {
    for test in ConvolutionCase.full.dropLast() {
      let plan = ConvolutionPlanner().plan(for: test.geometry)
      for way in [plan.forward, plan.dataGradient, plan.weightGradient] { #expect(way != .direct) }
      // A forward pass decides which units are on: it takes only the form that rounds as little as the direct way.
      #expect(plan.forward == .winograd(tile: 2))
    }
    let first = ConvolutionCase.full[ConvolutionCase.full.count - 1]
    #expect(ConvolutionPlanner().plan(for: first.geometry) == ConvolutionPlan())
    let last = try geometry(.convolution(4, 4, 4, 1, 0, (512, 16)))
    #expect(ConvolutionPlanner().plan(for: last) == ConvolutionPlan())
  }

  /// The layers of torch96 with kernels of 7x7, and of 5x5 and stride 1: each has one form, in fp32 whatever the
  /// precision, and none where a forward pass goes from large to small.
  @Test func longKernels() throws {
    let tests: [(ConvolutionCase?, Int)] = [
      (.transposed(7, 7, 7, 2, 0, (256, 512)), 3), (.transposed(19, 19, 7, 2, 0, (128, 256)), 3),
      (.transposed(89, 89, 5, 1, 0, (64, 64)), 2),
    ]
    for (test, tile) in tests {
      let g = try geometry(test)
      for precision in ProductPrecision.allCases {
        let planner = ConvolutionPlanner(precision: precision)
        var plan = ConvolutionPlan(all: .winograd(tile: tile))
        #expect(planner.plan(for: g, spreadsForward: true) == plan)
        plan.forward = .direct
        #expect(planner.plan(for: g) == plan)
        #expect(ConvolutionPlanner(.direct, precision: precision).plan(for: g) == ConvolutionPlan())
      }
    }
  }

  /// What is forced on a layer that has no such form is left out, pass by pass.
  @Test func formsThatThereAreNot() throws {
    let without: [ConvolutionCase?] = [
      .convolution(8, 8, 4, 2, 1, (16, 17)), .convolution(8, 8, 4, 2, 1, (24, 16)),
      .convolution(8, 8, 4, 3, 1, (16, 16)), .convolution(8, 8, 7, 2, 3, (16, 16)),
      .convolution(8, 8, 6, 1, 3, (16, 16)), .convolution(12, 12, 11, 2, 5, (16, 16)),
      .convolution(8, 8, 1, 1, 0, (16, 16)), .convolution(8, 8, 2, 2, 0, (16, 16)),
      .convolution(4, 4, 4, 1, 0, (16, 16)),
    ]
    for test in without {
      #expect(ConvolutionPlanner.tiles(2).plan(for: try geometry(test)) == ConvolutionPlan())
    }
    let g = try geometry(.convolution(8, 8, 4, 2, 1, (16, 16)))
    #expect(ConvolutionPlanner.tiles(3).plan(for: g) == ConvolutionPlan())
    var mixed = ConvolutionPlan()
    mixed.forward = .winograd(tile: 4)
    #expect(ConvolutionPlanner(forced: mixed).plan(for: g) == mixed)
    let layer = TransposedConvolution(g, bias: false, planner: ConvolutionPlanner(forced: mixed))
    #expect(layer.planName(of: .forward) == "F(4x4, 2x2)")
    #expect(layer.planName(of: .dataGradient)?.hasPrefix("F(") == false)
  }
}
