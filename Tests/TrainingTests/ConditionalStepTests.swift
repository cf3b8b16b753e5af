import Networks
import Objectives
import Recipes
import TestNetworks
import Testing

/// The training step of pairs with labels, codes and heads: what is learned by whom. What comes out is the twins' matter
/// (`PresetTwinTests`), that it is the same on any number of ranks `SameBitsTests`'s.
@Suite struct ConditionalStepTests {
  private func rig(
    _ architecture: Architecture, _ conditions: ConditionSettings = .init(),
    _ schedule: [Update] = Recipe().schedule
  ) throws -> StepRig {
    try StepRig(
      architecture, Recipe(schedule: schedule, conditions: conditions, batchSize: 8), batch: 8, slices: 2)
  }

  private static let pairs = [
    "conditional": SmallPairs.conditional, "coded": SmallPairs.coded, "classifying": SmallPairs.classifying,
  ]

  /// No parameter of any network is left out, and the losses that there are for it are told.
  @Test(arguments: pairs.keys.sorted()) func everythingLearns(_ name: String) throws {
    let pair = try #require(Self.pairs[name])
    let rig = try rig(pair)
    let before = rig.adversaries.all.map { values($0.network) }
    for step in 0..<3 {
      let totals = try rig.run(step: step)
      #expect(totals.isFinite)
      #expect((totals.codeLoss.map { $0 > 0 } ?? false) == (pair.q != nil))
      #expect((totals.classLoss.map { $0 > 0 } ?? false) == (pair.classifier != nil))
    }
    #expect(before.count == pair.roles.count)
    for (trainee, before) in zip(rig.adversaries.all, before) {
      let after = values(trainee.network)
      for state in trainee.network.parameterState {
        let range = (state.offset ?? 0)..<(state.offset ?? 0) + state.count
        #expect(after[range] != before[range], "\(state.name)")
      }
      #expect(trainee.optimizer.updates == 3)
    }
  }

  /// Q is updated with G, the classifier with D.
  @Test func headsLearnWithTheirNetwork() throws {
    let rig = try rig(SmallPairs.classifying, .init(), SmallPairs.cgan28)
    try rig.run(step: 0)
    #expect(rig.adversaries.all.map(\.network.role) == [.generator, .discriminator, .q, .classifier])
    #expect(rig.adversaries.all.map(\.optimizer.updates) == [2, 1, 2, 1])
  }

  /// Each setting changes the run, and its weight counts.
  @Test func settingsMatter() throws {
    func bits(_ pair: Architecture, _ conditions: ConditionSettings) throws -> [UInt32] {
      let rig = try rig(pair, conditions)
      try rig.run(step: 0)
      try rig.run(step: 1)
      return rig.bits
    }
    let plain = try bits(SmallPairs.conditional, .init())
    for settings in [
      ConditionSettings(wrongLabels: true), .init(interpolation: 1), .init(interpolation: 0.5),
      .init(interpolation: 1, beta: 0.25),
    ] {
      #expect(try bits(SmallPairs.conditional, settings) != plain)
    }
    // Settings of what a pair does not have are of no account.
    #expect(try bits(SmallPairs.conditional, .init(beta: 0.1, codeWeight: 3, classWeight: 3)) == plain)
    let both = try bits(SmallPairs.classifying, .init())
    #expect(try bits(SmallPairs.classifying, .init(codeWeight: 2)) != both)
    #expect(try bits(SmallPairs.classifying, .init(classWeight: 2)) != both)
  }

  /// Without their weights heads do not move what they share: G and D are the pair without heads, given the same input.
  @Test func weightlessHeadsLeaveTheOthersAlone() throws {
    var without = SmallPairs.classifying
    without.classifier = nil
    let with = try rig(SmallPairs.classifying, .init(classWeight: 0))
    let other = try rig(without)
    // Dropout counts forward passes, those of heads too, so the first look alone is the same.
    #expect(try with.run(step: 0).realOpinion == other.run(step: 0).realOpinion)
    #expect(with.adversaries.all[3].gradient.data[0] == 0)
  }

  /// D may look again at fakes that were made before the conditions were mixed: they are made again, not mistaken for the
  /// mixed ones.
  @Test func mixedPicturesAreNotReused() throws {
    let pair = try ArchitecturePreset.cdcgan64.architecture(
      size: 16, width: 4, latent: 6, groups: SmallPairs.groups)
    let schedule: [Update] = [
      .discriminator(reals: .new, fakes: .new), .generator(fakes: .reuse),
      .discriminator(reals: .reuse, fakes: .reuse),
    ]
    func loss(_ conditions: ConditionSettings) throws -> Double {
      // G stays as it is, so its pictures are the same whether made again or not.
      let recipe = Recipe(
        schedule: schedule, generator: AdamSettings(learningRate: 1e-20), conditions: conditions, batchSize: 8
      )
      return try StepRig(pair, recipe, batch: 8).run(step: 0).lossFake
    }
    #expect(try abs(loss(.init(interpolation: 1, beta: 0)) - loss(.init())) < 1e-6)
  }
}
