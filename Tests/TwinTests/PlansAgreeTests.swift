import Layers
import Networks
import Recipes
import Tensors
import TestNetworks
import TestSupport
import Testing

/// One step of dcgan64 at width 16, and of torch96, from the same state: however convolutions are computed, losses and
/// gradients are the same but for rounding.
@Suite struct PlansAgreeTests {
  init() throws { try BLAS.open() }

  private struct Step {
    let losses: [Double]
    /// By name.
    let gradients: [String: [Float]]
    let plans: [String]
  }

  private func run(slices: Int, _ planner: ConvolutionPlanner) throws -> Step {
    try run(
      StepRig(
        try ArchitecturePreset.dcgan64.architecture(width: 16), Recipe(batchSize: 8), batch: 8,
        slices: slices, seed: 3, planner: planner))
  }

  /// torch96 with tanh for both ReLUs, where no unit can switch.
  private func runLong(slices: Int, _ planner: ConvolutionPlanner) throws -> Step {
    func smooth(_ layers: [LayerSpecification]) -> [LayerSpecification] {
      layers.map { layer in
        switch layer {
        case .relu, .leakyReLU: .tanh
        default: layer
        }
      }
    }
    var pair = try ArchitecturePreset.torch96.architecture(width: 16)
    pair.generator = smooth(pair.generator)
    pair.discriminator = smooth(pair.discriminator)
    return try run(
      StepRig(pair, Recipe(batchSize: 4), batch: 4, slices: slices, seed: 3, planner: planner))
  }

  private func run(_ rig: StepRig) throws -> Step {
    let totals = try rig.run(step: 0)
    var gradients: [String: [Float]] = [:]
    for trainee in [rig.adversaries.generator, rig.adversaries.discriminator] {
      for state in trainee.network.parameterState {
        let offset = try #require(state.offset)
        gradients[state.name] = Array(
          UnsafeBufferPointer(start: trainee.gradient.data + offset, count: state.count))
      }
    }
    return Step(
      losses: [totals.lossReal, totals.lossFake, totals.lossGenerator], gradients: gradients,
      plans: [rig.adversaries.generator, rig.adversaries.discriminator].flatMap {
        $0.network.plans.map(\.ways)
      })
  }

  @Test(arguments: [1, 2, 4]) func oneStep(_ slices: Int) throws {
    let direct = try run(slices: slices, .init(.direct))
    #expect(!direct.plans.contains { $0.contains("F(") })
    for plan in [Plans.auto, .tilesOf2, .tilesOf4] {
      let other = try run(slices: slices, plan.planner)
      #expect(other.plans.contains { $0.contains("F(") })
      try compare(other, direct, plan)
    }
  }

  /// 7x7 kernels of stride 2 and 5x5 kernels of stride 1.
  @Test func oneStepOfLongKernels() throws {
    let direct = try runLong(slices: 2, .init(.direct))
    let other = try runLong(slices: 2, .init())
    for form in ["F(3x3, 4x4)", "F(2x2, 5x5)"] {
      #expect(other.plans.contains { $0.contains(form) })
      #expect(!direct.plans.contains { $0.contains(form) })
    }
    // Biases that batch norm follows have no gradient but rounding.
    try compare(other, direct, .auto, but: [2, 5, 8].map { "discriminator.main.\($0).bias" })
  }

  private func compare(_ other: Step, _ direct: Step, _ plan: Plans, but noise: [String] = []) throws {
    for (a, b) in zip(other.losses, direct.losses) { #expect(abs(a - b) <= 1e-4 * abs(b), "\(plan)") }
    #expect(other.gradients.count == direct.gradients.count && direct.gradients.count > 20)
    for (name, wanted) in direct.gradients where !noise.contains(name) {
      let error = relativeNorm(try #require(other.gradients[name]), wanted)
      #expect(error < 1e-4, "\(name), \(plan)")
    }
  }
}
