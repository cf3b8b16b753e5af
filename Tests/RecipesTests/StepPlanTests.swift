import Recipes
import Testing

/// What a step makes of a recipe's schedule.
@Suite("The plan of a step") struct StepPlanTests {
  struct Counts: Equatable {
    var reals: Int
    var discriminatorUpdates: Int
    var discriminatorPasses: Int
    var generatorUpdates: Int
    var generatorPasses: Int
    var generatorForwardPasses: Int

    init(reals: Int, d: (updates: Int, passes: Int), g: (updates: Int, passes: Int, forward: Int)) {
      self.reals = reals
      (discriminatorUpdates, discriminatorPasses) = d
      (generatorUpdates, generatorPasses, generatorForwardPasses) = g
    }

    init(_ plan: StepPlan) {
      self.init(
        reals: plan.drawsOfReals, d: (plan.discriminatorUpdates.count, plan.discriminatorPasses.count),
        g: (plan.generatorUpdates.count, plan.generatorPasses.count, plan.generatorForwardPasses))
    }
  }

  @Test("Every preset makes the batches, updates and passes of its paper", arguments: Preset.all.map(\.name))
  func presets(name: String) throws {
    let preset = try Preset.named(name)
    let expected =
      switch name {
      // Three updates of G, each on new fakes.
      case "slim64": Counts(reals: 1, d: (1, 2), g: (3, 3, 4))
      // D apart on fakes, reals, fakes, reals.
      case "keras64": Counts(reals: 1, d: (4, 4), g: (1, 1, 3))
      // Two updates of G on the same z: the second through G as the first left it.
      case "cgan28": Counts(reals: 1, d: (1, 2), g: (2, 2, 2))
      // Algorithm 1 with k = 1: D on reals and fakes, then G on the same fakes.
      default: Counts(reals: 1, d: (1, 2), g: (1, 1, 1))
      }
    #expect(Counts(preset.recipe.stepPlan) == expected)
    #expect(preset.recipe.drawsPerStep == expected.reals)
  }

  @Test("The default step is algorithm 1, pass by pass")
  func passes() {
    let plan = Recipe().stepPlan
    guard case .discriminator(let first)? = plan.updates.first,
      case .generator(let second)? = plan.updates.last
    else {
      Issue.record("D is updated first, then G")
      return
    }
    #expect(plan.updates.count == 2 && first.takesNewReals)
    #expect(first.passes.map(\.pictures) == [.reals, .fakes(.new(draw: 0))])
    #expect(first.passes.map(\.isFirst) == [true, false] && first.passes.map(\.isLast) == [false, true])
    #expect(first.passes.allSatisfy { $0.share == 1 && $0.isCounted })
    #expect(second.passes.map(\.pictures) == [.fakes(.kept)])
    #expect(second.passes.allSatisfy { $0.isFirst && $0.isLast && $0.share == 1 && $0.isCounted })
  }

  private func sources(_ schedule: [Update], _ conditions: ConditionSettings = .init()) -> [StepPlan
    .FakeSource]
  {
    Recipe(schedule: schedule, conditions: conditions).stepPlan.updates.flatMap { update in
      switch update {
      case .discriminator(let update):
        update.passes.compactMap { if case .fakes(let source) = $0.pictures { source } else { nil } }
      case .generator(let update):
        update.passes.compactMap { if case .fakes(let source) = $0.pictures { source } else { nil } }
      }
    }
  }

  @Test("Fakes are kept until G changes or makes others, and D may learn of old ones")
  func reuse() {
    let d = Update.discriminator(reals: .new, fakes: .reuse)
    let g = Update.generator(fakes: .reuse)
    let new = Update.generator(fakes: .new)
    #expect(
      sources([new, d, g, new, g]) == [.new(draw: 0), .kept, .sameLatents, .new(draw: 1), .sameLatents])
    // Pictures of mixed conditions take the fakes' place, which both networks then miss.
    #expect(
      sources([new, d, g, d], ConditionSettings(interpolation: 0.5))
        == [.new(draw: 0), .sameLatents, .kept, .sameLatents])
  }

  @Test("Wrong labels and mixed conditions are passes of their own, with their share of the loss")
  func conditions() {
    let plan = Recipe(
      schedule: [
        .discriminator(reals: .new, fakes: .new), .generator(fakes: .reuse), .generator(fakes: .new),
      ], conditions: ConditionSettings(wrongLabels: true, interpolation: 0.25)
    ).stepPlan
    #expect(Counts(plan) == Counts(reals: 1, d: (1, 3), g: (2, 4, 4)))
    let (d, g) = (plan.discriminatorPasses, plan.generatorPasses)
    #expect(d.map(\.pictures) == [.reals, .fakes(.new(draw: 0)), .realsWithWrongLabels])
    #expect(d.map(\.share) == [1, 0.5, 0.5])
    #expect(d.map(\.isCounted) == [true, true, false])
    #expect(
      g.map(\.pictures) == [
        .fakes(.kept), .fakesOfMixedConditions(draw: 0), .fakes(.new(draw: 1)),
        .fakesOfMixedConditions(draw: 1),
      ])
    #expect(g.map(\.share) == [1, 0.25, 1, 0.25])
    #expect(g.map(\.isCounted) == [true, false, true, false])
    #expect(g.map(\.isLast) == [false, true, false, true])
  }
}
