import Layers
import Networks
import Objectives
import Recipes
import TestNetworks
import Testing
import Training

/// Schedules of several updates: what they draw, take and update, and through which networks gradients go.
@Suite struct ScheduleTests {
  private struct Draw: Hashable {
    let step: Int
    let draw: Int
    let sample: Int
  }

  /// Notes what was drawn, and draws by a formula.
  private final class Log {
    var draws: [Draw] = []

    func latents(_ step: Int, _ draw: Int, _ sample: Int, _ z: UnsafeMutablePointer<Float>) {
      draws.append(Draw(step: step, draw: draw, sample: sample))
      for i in 0..<6 { z[i] = Float(sine(Double((step * 7 + draw) * 100 + sample * 10 + i + 1))) }
    }
  }

  private func rig(
    _ schedule: [Update], _ log: Log, _ architecture: Architecture = SmallPairs.everything, batch: Int = 6
  ) throws -> StepRig {
    try StepRig(
      architecture, Recipe(schedule: schedule, batchSize: batch), batch: batch, slices: 2,
      latents: log.latents)
  }

  struct Counts: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let schedule: [Update]
    let draws: Int
    let reals: Int
    let discriminator: Int
    let generator: Int
  }

  static let counts = [
    Counts(
      testDescription: "dcgan64", schedule: Recipe().schedule, draws: 1, reals: 1, discriminator: 1,
      generator: 1),
    Counts(
      testDescription: "slim64", schedule: SmallPairs.slim64, draws: 4, reals: 1, discriminator: 1,
      generator: 3),
    Counts(
      testDescription: "keras64", schedule: SmallPairs.keras64, draws: 3, reals: 1, discriminator: 4,
      generator: 1),
    Counts(
      testDescription: "all the same z and reals",
      schedule: [
        .discriminator(reals: .new, fakes: .new), .generator(fakes: .reuse), .generator(fakes: .reuse),
      ],
      draws: 1, reals: 1, discriminator: 1, generator: 2),
    Counts(
      testDescription: "new reals for each",
      schedule: [
        .discriminator(reals: .new, fakes: .new), .discriminator(reals: .new, fakes: .reuse),
        .generator(fakes: .new),
      ], draws: 2, reals: 2, discriminator: 2, generator: 1),
  ]

  @Test(arguments: counts) func drawsAndUpdates(_ wanted: Counts) throws {
    let log = Log()
    let rig = try rig(wanted.schedule, log)
    for step in 0..<2 {
      log.draws = []
      let totals = try rig.run(step: step)
      #expect(totals.isFinite && totals.lossReal > 0 && totals.lossFake > 0 && totals.lossGenerator > 0)
      let expected = (0..<wanted.draws).flatMap { draw in
        (0..<6).map { Draw(step: step, draw: draw, sample: $0) }
      }
      #expect(log.draws == expected)
      #expect(rig.realsTaken == wanted.reals * (step + 1))
      #expect(rig.adversaries.discriminator.optimizer.updates == wanted.discriminator * (step + 1))
      #expect(rig.adversaries.generator.optimizer.updates == wanted.generator * (step + 1))
    }
    let plan = Recipe(schedule: wanted.schedule).stepPlan
    #expect(plan.drawsOfReals == wanted.reals && plan.discriminatorUpdates.count == wanted.discriminator)
    #expect(plan.generatorUpdates.count == wanted.generator)
  }

  /// A D update with both halves sums their gradients; separate ones take a step each.
  @Test func separateUpdatesAreNotOneUpdate() throws {
    let joint = try rig([.discriminator(reals: .new, fakes: .new), .generator(fakes: .reuse)], Log())
    let separate = try rig(
      [
        .discriminator(reals: nil, fakes: .new), .discriminator(reals: .new, fakes: nil),
        .generator(fakes: .reuse),
      ], Log())
    let first = try joint.run(step: 0)
    let second = try separate.run(step: 0)
    // D's first look at the fakes differs by dropout alone, being another pass; its look at the reals by an
    // update too.
    #expect(abs(first.lossFake - second.lossFake) < 0.5)
    #expect(
      values(joint.adversaries.discriminator.network) != values(separate.adversaries.discriminator.network))
  }

  /// Dropout's mask in G's backward pass is that of G's forward pass, whatever passes D made in between; and
  /// a second update on the same z goes through G as the first one left it.
  @Test(arguments: [1, 2, 3]) func gradientIsOfGeneratorsOwnPass(_ updates: Int) throws {
    let log = Log()
    let schedule =
      [Update.discriminator(reals: .new, fakes: .new)]
      + Array(repeating: .generator(fakes: .reuse), count: updates)
    let rig = try rig(schedule, log)
    let generator = rig.adversaries.generator
    let network = generator.network
    // Run all but the last update in one world, to know G before it; all of them in another.
    let before = try self.rig(Array(schedule.dropLast()), Log())
    try before.run(step: 0)
    try rig.run(step: 0)

    // By hand: G as it was, D as it is, z of the only draw, the numbers that passes have in the step.
    let hand = try self.rig(schedule, Log())
    let (g, d) = (hand.adversaries.generator.network, hand.adversaries.discriminator.network)
    g.values.data.update(from: values(before.adversaries.generator.network), count: g.values.count)
    d.values.data.update(from: values(rig.adversaries.discriminator.network), count: d.values.count)
    g.markChanged()
    d.markChanged()
    var z = [Float](repeating: 0, count: 36)
    for sample in 0..<6 {
      z.withUnsafeMutableBufferPointer { log.latents(0, 0, sample, $0.baseAddress! + sample * 6) }
    }
    let pass = try makePass(hand.pool, hand.layout.localBoundaries)
    // D 1 (reals), G 2, D 3 (fakes), D 4; each further update passes through G and D once more.
    let ordinals = [(2, 4), (5, 6), (7, 8)][updates - 1]
    pass.ordinal = ordinals.0
    let fakes = try g.forward(z, pass)
    pass.ordinal = ordinals.1
    let logits = try d.forward(fakes, pass)
    var dy = (0..<6).map { i -> Float in
      var gradient: Float = 0
      withUnsafeMutablePointer(to: &gradient) {
        _ = SigmoidCrossEntropy.evaluate(logits + i, count: 1, target: 1, batch: 6, gradient: $0)
      }
      return gradient
    }
    var dx = [Float](repeating: 0, count: 6 * g.output.count)
    try d.backward(x: fakes, dy: &dy, into: &dx, pass)
    pass.ordinal = ordinals.0
    var slices = [Float](repeating: 0, count: 2 * g.parameterCount)
    try slices.withUnsafeMutableBufferPointer { slices in
      pass.gradients = SliceGradients(base: slices.baseAddress!, stride: g.parameterCount)
      try g.backward(x: z, dy: &dx, into: nil, pass)
    }
    let expected = (0..<g.parameterCount).map { slices[$0] + slices[g.parameterCount + $0] }
    let found = Array(UnsafeBufferPointer(start: generator.gradient.data, count: network.parameterCount))
    #expect(found.contains { $0 != 0 } && found.allSatisfy { $0.isFinite })
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  /// Targets are the recipe's: with smoothing, D's losses have a floor above zero.
  @Test func targetsAreTheRecipes() throws {
    func totals(_ loss: LossSettings) throws -> StepTotals {
      var recipe = Recipe(batchSize: 6)
      recipe.loss = loss
      return try StepRig(SmallPairs.everything, recipe, batch: 6).run(step: 0)
    }
    let hard = try totals(LossSettings())
    let soft = try totals(LossSettings(realTarget: 0.95, fakeTarget: 0.05, generatorTarget: 0.95))
    let swapped = try totals(LossSettings(realTarget: 0, fakeTarget: 1, generatorTarget: 0))
    #expect(hard.lossReal != soft.lossReal && hard.lossFake != soft.lossFake)
    // log(1 + e^-x) + log(1 + e^x) - of the mean over samples only the first update's are the same in both.
    #expect(hard.realOpinion == soft.realOpinion && hard.realOpinion == swapped.realOpinion)
    #expect(swapped.lossReal != hard.lossReal && swapped.lossFake != hard.lossFake)
  }

  /// The kind of loss is the recipe's, for both sides: on the same logits the losses are the kind's own.
  @Test func kindIsTheRecipes() throws {
    func totals(_ kind: LossKind) throws -> StepTotals {
      try StepRig(
        SmallPairs.everything, Recipe(loss: LossSettings(kind: kind), batchSize: 6), batch: 6
      ).run(step: 0)
    }
    let all = try Dictionary(uniqueKeysWithValues: LossKind.allCases.map { ($0, try totals($0)) })
    let plain = try #require(all[.nonSaturating])
    for (kind, totals) in all {
      #expect(totals.isFinite)
      // D has seen the same reals before any update.
      #expect(totals.realOpinion == plain.realOpinion)
      #expect((totals.lossReal == plain.lossReal) == (kind == .nonSaturating || kind == .saturating))
    }
    // Until G's update the saturating loss is the same game; from there on it is below 0.
    let saturating = try #require(all[.saturating])
    #expect(saturating.lossFake == plain.lossFake && saturating.fakeOpinionAfter == plain.fakeOpinionAfter)
    #expect(saturating.lossGenerator < 0 && plain.lossGenerator > 0)
  }

  /// Label rules are the recipe's: flipping every label is swapping the targets.
  @Test func labelsAreTheRecipes() throws {
    func rig(_ loss: LossSettings) throws -> StepRig {
      try StepRig(SmallPairs.everything, Recipe(loss: loss, batchSize: 6), batch: 6)
    }
    let flipped = try rig(LossSettings(flipProbability: 1))
    let swapped = try rig(LossSettings(realTarget: 0, fakeTarget: 1))
    for step in 0..<2 {
      let (one, other) = (try flipped.run(step: step), try swapped.run(step: step))
      #expect(one.lossReal == other.lossReal && one.lossFake == other.lossFake)
      #expect(one.lossGenerator == other.lossGenerator)
    }
    #expect(flipped.bits == swapped.bits)
    // Half of them flipped is neither, and the same twice.
    let half = try (0..<2).map { _ in try rig(LossSettings(flipProbability: 0.5)).run(step: 0).lossReal }
    #expect(half[0] == half[1])
    #expect(half[0] != (try rig(LossSettings()).run(step: 0).lossReal))
  }

  /// G's update leaves D alone, D's leaves G alone.
  @Test func updatesStayApart() throws {
    let onlyD = try rig([.discriminator(reals: .new, fakes: .new)], Log())
    let before = values(onlyD.adversaries.generator.network)
    try onlyD.run(step: 0)
    #expect(values(onlyD.adversaries.generator.network) == before)
    let onlyG = try rig([.generator(fakes: .new)], Log())
    let untouched = values(onlyG.adversaries.discriminator.network)
    let totals = try onlyG.run(step: 0)
    #expect(values(onlyG.adversaries.discriminator.network) == untouched)
    #expect(totals.lossReal == 0 && totals.lossFake == 0 && totals.lossGenerator > 0 && onlyG.realsTaken == 0)
    #expect(onlyG.adversaries.discriminator.optimizer.updates == 0)
  }
}
