import Models
import Networks
import Recipes
import Tensors
import TestNetworks
import TestSupport
import Testing

/// Pictures are a function of their z and the weights alone.
@Suite struct SamplerTests {
  private func rig(_ architecture: Architecture = SmallPairs.everything) throws -> StepRig {
    let rig = try StepRig(architecture, Recipe(), batch: 5)
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

  /// The pair with G's dropout in evaluation too.
  private var droppingAtTest: Architecture {
    var architecture = SmallPairs.everything
    architecture.generator = architecture.generator.map {
      if case .dropout(let rate, _) = $0 { .dropout(rate: rate, atTest: true) } else { $0 }
    }
    return architecture
  }

  @Test func dropoutAtTestFollowsFromZ() throws {
    let rig = try rig(droppingAtTest)
    #expect(rig.bits == (try self.rig()).bits)
    let network = rig.adversaries.generator.network
    let sampler = Sampler(network, of: SmallPairs.everything, .normal, seed: 1, room: 5, pool: rig.pool)
    let z = sampler.inputs((0..<13).map { .generated(seed: $0) })
    let all = try sampler.pictures(z)
    let size = network.output.count
    // The same z again: beside others, at another place, in another room, for a run of another seed.
    for index in [0, 4, 5, 12] {
      #expect(
        try sampler.pictures(Array(z[index * 6..<(index + 1) * 6]))
          == Array(all[index * size..<(index + 1) * size]))
    }
    #expect(
      try Sampler(network, of: SmallPairs.everything, .normal, seed: 9, room: 2, pool: rig.pool).pictures(z)
        == all)
    // The mask is there, and follows every change of z.
    let plain = try self.rig().adversaries.generator.network
    let kept = try Sampler(plain, of: SmallPairs.everything, .normal, seed: 1, room: 5, pool: rig.pool)
      .pictures(z)
    #expect(zip(all, kept).filter { $0 != $1 }.count > all.count / 2)
    var moved = Array(z[..<6])
    moved[0] = moved[0].nextUp
    let near = try sampler.pictures(moved)
    let nearKept = try Sampler(plain, of: SmallPairs.everything, .normal, seed: 1, room: 5, pool: rig.pool)
      .pictures(moved)
    #expect(
      largestDifference(near, Array(all[..<size])) > 100 * largestDifference(nearKept, Array(kept[..<size])))
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
    let wishes = (0..<200).map { PictureRequest.generated(seed: $0) }
    let wide = normal.inputs(wishes)
    let flat = uniform.inputs(wishes)
    #expect(wide.count == 1200 && wide.contains { abs($0) > 2 })
    #expect(flat.allSatisfy { $0 >= -1 && $0 < 1 } && (flat.min() ?? 0) < -0.95 && (flat.max() ?? 0) > 0.95)
    #expect(Array(wide[6..<12]) == normal.inputs([wishes[1]]))
    #expect(
      (0..<6).map { RandomStream(seed: 9, purpose: .generated).normal($0) } == normal.inputs([wishes[9]]))
  }
}
