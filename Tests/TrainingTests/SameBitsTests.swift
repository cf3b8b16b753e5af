import Communication
import Layers
import Networks
import Objectives
import Recipes
import TestNetworks
import TestRanks
import Testing
import Training

/// The first promise: a run is a function of its configuration and its data, not of how many ranks computed
/// it.
@Suite struct SameBitsTests {
  struct Run: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let architecture: Architecture
    var schedule: [Update] = Recipe().schedule
    var batch = 16
    var latent = LatentDistribution.normal
    var planner = ConvolutionPlanner()
    var loss = LossSettings()
    var augmentation = Augmentation()
    var noise = InstanceNoise()
    var conditions = ConditionSettings()

    var recipe: Recipe {
      Recipe(
        schedule: schedule, loss: loss, conditions: conditions, augmentation: augmentation,
        instanceNoise: noise,
        latent: latent,
        batchSize: batch)
    }
  }

  static let runs: [Run] = {
    guard let dcgan = try? SmallPairs.dcgan16(), let wide = try? SmallPairs.wide16() else { return [] }
    return [
      Run(testDescription: "dcgan64's kind", architecture: dcgan),
      // 4 slices of 2, 3, 3 and 3 samples.
      Run(testDescription: "every layer, uneven slices", architecture: SmallPairs.everything, batch: 11),
      Run(
        testDescription: "several updates a step", architecture: SmallPairs.everything,
        schedule: SmallPairs.slim64, batch: 9,
        latent: .uniform),
      Run(
        testDescription: "separate updates", architecture: SmallPairs.everything,
        schedule: SmallPairs.keras64, batch: 8),
      Run(testDescription: "tiles of 2, uneven slices", architecture: wide, batch: 11, planner: .tiles(2)),
      Run(
        testDescription: "tiles of 4, separate updates", architecture: wide, schedule: SmallPairs.keras64,
        batch: 8,
        planner: .tiles(4)),
      Run(
        testDescription: "hinge loss, separate updates, uneven slices", architecture: SmallPairs.everything,
        schedule: SmallPairs.keras64, batch: 11, loss: LossSettings(kind: .hinge)),
      Run(
        testDescription: "least squares, several updates a step", architecture: SmallPairs.everything,
        schedule: SmallPairs.slim64, batch: 9, loss: LossSettings(kind: .leastSquares)),
      Run(
        testDescription: "saturating loss", architecture: dcgan, loss: LossSettings(kind: .saturating)),
      Run(
        testDescription: "soft and flipped labels, separate updates, uneven slices",
        architecture: SmallPairs.everything, schedule: SmallPairs.keras64, batch: 11,
        loss: LossSettings(
          realTarget: LabelTarget(from: 0.9, to: 1), fakeTarget: LabelTarget(from: 0, to: 0.1),
          flipProbability: 0.2)),
      Run(
        testDescription: "hinge loss, flipped labels", architecture: dcgan,
        loss: LossSettings(kind: .hinge, flipProbability: 0.2)),
      Run(
        testDescription: "fading noise, several updates a step, uneven slices",
        architecture: SmallPairs.everything, schedule: SmallPairs.slim64, batch: 11,
        noise: InstanceNoise(deviation: 0.1, decaySteps: 2)),
      Run(
        testDescription: "labels, wrong ones and mixed ones, several updates a step, uneven slices",
        architecture: SmallPairs.conditional, schedule: SmallPairs.cgan28, batch: 11,
        conditions: ConditionSettings(wrongLabels: true, interpolation: 0.7, beta: 0.3)),
      Run(
        testDescription: "codes and their head, uneven slices", architecture: SmallPairs.coded, batch: 11,
        latent: .uniform),
      Run(
        testDescription: "labels, codes and both heads, mixed labels, uneven slices",
        architecture: SmallPairs.classifying, schedule: SmallPairs.cgan28, batch: 11,
        conditions: ConditionSettings(interpolation: 0.5, codeWeight: 0.5, classWeight: 2)),
      Run(
        testDescription: "spectral norm, separate updates, uneven slices",
        architecture: SmallPairs.normalized, schedule: SmallPairs.keras64, batch: 11),
      Run(
        testDescription: "spectral norm, tiles of 4", architecture: wide.withSpectralNormInDiscriminator(),
        planner: .tiles(4)),
      Run(
        testDescription: "augmentation and noise, separate updates, uneven slices",
        architecture: SmallPairs.everything, schedule: SmallPairs.keras64, batch: 11,
        augmentation: Augmentation(Augmentation.Kind.allCases), noise: InstanceNoise(deviation: 0.1)),
      Run(
        testDescription: "augmentation, several updates a step", architecture: dcgan,
        schedule: SmallPairs.slim64, batch: 9, augmentation: Augmentation([.translation, .color])),
    ]
  }()

  /// Every bit of the state, and the losses, after three steps, the last of them on a shorter batch in which
  /// one slice is empty.
  private func train(_ run: Run, ranks: Int, threads: Int) throws -> [[UInt64]] {
    try ThreadCommunicator.run(ranks: ranks) { communicator in
      let rig = try StepRig(
        run.architecture, run.recipe,
        batch: run.batch,
        slices: 4, communicator: communicator, threads: threads, seed: 5,
        planner: run.planner)
      var results: [UInt64] = []
      for (step, batch) in [run.batch, run.batch, 3].enumerated() {
        let totals = try rig.run(step: step, batch: batch)
        results += [
          totals.lossReal, totals.lossFake, totals.lossGenerator, totals.realOpinion,
          totals.fakeOpinionBefore,
          totals.fakeOpinionAfter, totals.codeLoss ?? 0, totals.classLoss ?? 0,
        ].map(\.bitPattern)
        results += [0, 1, 2, 3].map { place in
          rig.adversaries.all.dropFirst(place).first?.gradientNorm.bitPattern ?? 0
        }
      }
      return results + rig.bits.map(UInt64.init)
    }
  }

  @Test(arguments: runs) func ranksAndThreadsDoNotMatter(_ run: Run) throws {
    let alone = try train(run, ranks: 1, threads: 1)[0]
    let losses = alone.prefix(36).map { Double(bitPattern: $0) }
    #expect(losses.allSatisfy { $0.isFinite })
    for (ranks, threads) in [(1, 2), (2, 1), (4, 1), (2, 2), (4, 3)] {
      for (rank, bits) in try train(run, ranks: ranks, threads: threads).enumerated() {
        // Compared first: the difference of a hundred thousand numbers says nothing and takes minutes to print.
        let same = bits == alone
        #expect(same, "rank \(rank) of \(ranks), \(threads) threads")
      }
    }
  }

  /// G's update may wait for the next step's D, and gradients may or may not travel meanwhile.
  @Test(arguments: runs) func overlapDoesNotMatter(_ run: Run) throws {
    func train(ranks: Int, overlap: Bool, settles: Bool) throws -> [[UInt32]] {
      try ThreadCommunicator.run(ranks: ranks) { communicator in
        let rig = try StepRig(
          run.architecture, run.recipe,
          batch: run.batch, slices: 4, communicator: communicator, threads: 1, seed: 5, planner: run.planner,
          overlap: overlap)
        for (step, batch) in [run.batch, 3, run.batch].enumerated() {
          try rig.run(step: step, batch: batch, settles: settles)
        }
        try rig.step.finishGeneratorUpdate()
        return rig.bits
      }
    }
    let alone = try train(ranks: 1, overlap: true, settles: true)[0]
    for (ranks, overlap, settles) in [(1, true, false), (4, true, false), (4, true, true), (4, false, false)]
    {
      for (rank, bits) in try train(ranks: ranks, overlap: overlap, settles: settles).enumerated() {
        let same = bits == alone
        #expect(same, "rank \(rank) of \(ranks), overlap \(overlap), settled each step \(settles)")
      }
    }
  }

  @Test func allRunsAreThere() { #expect(Self.runs.count == 19) }

  /// A step does something, and another seed something else.
  @Test func seedsMatter() throws {
    func bits(_ seed: UInt64, steps: Int) throws -> [UInt32] {
      let rig = try StepRig(SmallPairs.everything, Recipe(), batch: 8, slices: 2, seed: seed)
      for step in 0..<steps { try rig.run(step: step) }
      return rig.bits
    }
    let one = try bits(1, steps: 2)
    #expect(try bits(1, steps: 2) == one)
    #expect(try bits(2, steps: 2) != one)
    #expect(try bits(1, steps: 1) != one)
    // Every parameter was moved: none is left out of a gradient.
    let rig = try StepRig(SmallPairs.everything, Recipe(), batch: 8, slices: 2)
    let before = [values(rig.adversaries.generator.network), values(rig.adversaries.discriminator.network)]
    for step in 0..<3 { try rig.run(step: step) }
    for (trainee, before) in zip([rig.adversaries.generator, rig.adversaries.discriminator], before) {
      let after = values(trainee.network)
      for state in trainee.network.parameterState {
        let range = (state.offset ?? 0)..<(state.offset ?? 0) + state.count
        #expect(after[range] != before[range], "\(state.name)")
      }
    }
  }

  @Test func stopRequestsReachAll() throws {
    let stops = try ThreadCommunicator.run(ranks: 4) { communicator in
      let rig = try StepRig(
        SmallPairs.everything, Recipe(), batch: 8, slices: 4, communicator: communicator, threads: 1)
      let quiet = try rig.run(step: 0).stopRequested
      let asked = try rig.run(step: 1, stopRequested: communicator.rank == 2 ? .interrupt : nil).stopRequested
      // Of several reasons all take the same.
      let reasons: [StopReason?] = [nil, .interrupt, .requeue, .interrupt]
      let several = try rig.run(step: 2, stopRequested: reasons[communicator.rank]).stopRequested
      return [quiet, asked, several, try rig.run(step: 3).stopRequested]
    }
    #expect(stops == Array(repeating: [nil, .interrupt, .requeue, nil], count: 4))
  }
}
