import Communication
import Recipes
import TestNetworks
import TestRanks
import Testing

/// The average of G follows G's updates, and changes nothing of the training.
@Suite struct GeneratorAverageTests {
  @Test(arguments: [true, false]) func followsEveryUpdate(_ overlap: Bool) throws {
    let decay = 0.75
    var recipe = Recipe(schedule: SmallPairs.slim64, generatorAverage: decay, batchSize: 6)
    let rig = try StepRig(SmallPairs.everything, recipe, batch: 6, slices: 2, overlap: overlap)
    let average = try #require(rig.adversaries.average)
    var expected = values(rig.adversaries.generator.network)
    #expect(values(average.network) == expected)
    rig.step.generatorUpdated = { _ in
      let weights = values(rig.adversaries.generator.network)
      for i in expected.indices { expected[i] = Float(decay) * expected[i] + Float(1 - decay) * weights[i] }
    }
    for step in 0..<3 { try rig.run(step: step) }
    #expect(values(average.network) == expected)
    #expect(expected != values(rig.adversaries.generator.network))
    for (own, generators) in zip(average.network.bufferState, rig.adversaries.generator.network.bufferState) {
      #expect((0..<own.count).allSatisfy { own.data[$0] == generators.data[$0] }, "\(own.name)")
      #expect(own.name.hasPrefix("generator_average.main."))
    }

    recipe.generatorAverage = 0
    let plain = try StepRig(SmallPairs.everything, recipe, batch: 6, slices: 2, overlap: overlap)
    #expect(plain.adversaries.average == nil)
    for step in 0..<3 { try plain.run(step: step) }
    #expect(
      values(plain.adversaries.generator.network) == values(rig.adversaries.generator.network))
    #expect(
      values(plain.adversaries.discriminator.network) == values(rig.adversaries.discriminator.network))
  }

  @Test func isOfTheSameBitsOnSeveralRanks() throws {
    func bits(ranks: Int) throws -> [UInt32] {
      try ThreadCommunicator.run(ranks: ranks) { communicator in
        let rig = try StepRig(
          SmallPairs.everything, Recipe(generatorAverage: 0.5, batchSize: 8), batch: 8, slices: 4,
          communicator: communicator)
        for step in 0..<2 { try rig.run(step: step) }
        return rig.bits
      }[0]
    }
    let one = try bits(ranks: 1)
    #expect(try bits(ranks: 2) == one)
    #expect(try bits(ranks: 4) == one)
  }
}
