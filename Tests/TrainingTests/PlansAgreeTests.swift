import Layers
import Networks
import Tensors
import Testing
import Training

/// One step of dcgan64 at width 16, from the same state: however convolutions are computed, losses and gradients
/// are the same but for rounding.
@Suite struct PlansAgreeTests {
  init() throws { try BLAS.open() }

  private struct Step {
    let losses: [Double]
    /// By name.
    let gradients: [String: [Float]]
    let plans: [String]
  }

  private func run(slices: Int, _ planner: ConvolutionPlanner) throws -> Step {
    let rig = try StepRig(
      try ArchitecturePreset.dcgan64.architecture(width: 16), Recipe(batchSize: 8), batch: 8, slices: slices,
      seed: 3, planner: planner)
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
      for (a, b) in zip(other.losses, direct.losses) { #expect(abs(a - b) <= 1e-4 * abs(b), "\(plan)") }
      #expect(other.gradients.count == direct.gradients.count && direct.gradients.count > 20)
      for (name, wanted) in direct.gradients {
        let error = relativeNorm(try #require(other.gradients[name]), wanted)
        #expect(error < 1e-4, "\(name), \(plan)")
      }
    }
  }
}
