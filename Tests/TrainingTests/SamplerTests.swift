import Networks
import Tensors
import Testing
import Training

/// Pictures are a function of their z and the weights alone.
@Suite struct SamplerTests {
  private func rig() throws -> StepRig {
    let rig = try StepRig(SmallPairs.everything, Recipe(), batch: 5)
    try rig.run(step: 0)
    return rig
  }

  @Test func neighboursAndRoomDoNotMatter() throws {
    let rig = try rig()
    let before = rig.bits
    let network = rig.adversaries.generator.network
    let sampler = Sampler(network, of: SmallPairs.everything, .normal, seed: 1, room: 5, pool: rig.pool)
    let z = sampler.inputs((0..<13).map { .generated(seed: $0) })
    // More than there is room for at once.
    let all = try sampler.pictures(z)
    let size = network.output.count
    #expect(all.count == 13 * size && all.allSatisfy { abs($0) <= 1 })
    for index in [0, 4, 5, 12] {
      let one = try sampler.pictures(Array(z[index * 6..<(index + 1) * 6]))
      #expect(one == Array(all[index * size..<(index + 1) * size]))
    }
    let narrow = Sampler(network, of: SmallPairs.everything, .normal, seed: 1, room: 2, pool: rig.pool)
    #expect(try narrow.pictures(z) == all)
    #expect(Set(stride(from: 0, to: all.count, by: size).map { Array(all[$0..<$0 + size]) }).count == 13)
    #expect(try sampler.pictures([]).isEmpty)
    // Sampling leaves the run as it was, running averages included.
    #expect(rig.bits == before)
  }

  @Test func samplingDoesNotDisturbTraining() throws {
    let plain = try rig()
    let sampled = try rig()
    let sampler = Sampler(
      sampled.adversaries.generator.network, of: SmallPairs.everything, .normal, seed: 1, room: 5,
      pool: sampled.pool)
    _ = try sampler.pictures(sampler.inputs([.generated(seed: 0)]))
    try plain.run(step: 1)
    try sampled.run(step: 1)
    #expect(plain.bits == sampled.bits)
  }

  @Test func latentsAreDrawnByStreamAndDistribution() throws {
    let rig = try rig()
    let network = rig.adversaries.generator.network
    let normal = Sampler(network, of: SmallPairs.everything, .normal, seed: 1, room: 2, pool: rig.pool)
    let uniform = Sampler(network, of: SmallPairs.everything, .uniform, seed: 1, room: 2, pool: rig.pool)
    let wishes = (0..<200).map { PictureWish.generated(seed: $0) }
    let wide = normal.inputs(wishes)
    let flat = uniform.inputs(wishes)
    #expect(wide.count == 1200 && wide.contains { abs($0) > 2 })
    #expect(flat.allSatisfy { $0 >= -1 && $0 < 1 } && (flat.min() ?? 0) < -0.95 && (flat.max() ?? 0) > 0.95)
    #expect(Array(wide[6..<12]) == normal.inputs([wishes[1]]))
    #expect(
      (0..<6).map { RandomStream(seed: 9, purpose: .generated).normal($0) } == normal.inputs([wishes[9]]))
  }
}
