import Recipes
import Tensors
import TestNetworks
import TestSupport
import Testing

@Suite struct InstanceNoiseTests {
  @Test func fades() {
    let fading = InstanceNoise(deviation: 0.5, decaySteps: 4)
    #expect([0, 1, 2, 3, 4, 5, 1000].map(fading.deviation(step:)) == [0.5, 0.375, 0.25, 0.125, 0, 0, 0])
    #expect(InstanceNoise(deviation: 0.5).deviation(step: 1_000_000) == 0.5)
  }

  /// Normal, of the deviation that the step asks for, and a function of the sample's global place.
  @Test func statistics() {
    let (count, size) = (6, 5000)
    let pool = ThreadPool(threads: 2)
    let pictures = [Float](repeating: 0.25, count: count * size)
    func noisy(_ samples: Range<Int>, step: Int = 1, look: Int = 0, seed: UInt64 = 1) -> [Float] {
      var out = [Float](repeating: .nan, count: samples.count * size)
      InstanceNoise(deviation: 0.2, decaySteps: 2).add(
        to: pictures, samples: samples, size: size, seed: seed, step: step, look: look, into: &out, pool)
      return out
    }
    let all = noisy(0..<count)
    let mean = all.reduce(0) { $0 + Double($1) } / Double(all.count)
    let variance = all.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(all.count)
    // 30,000 numbers of deviation 0.1: the mean's is 5.8e-4, the deviation's 4.1e-4.
    #expect(abs(mean - 0.25) < 3e-3 && abs(variance.squareRoot() - 0.1) < 2e-3)
    #expect(noisy(2..<5) == Array(all[2 * size..<5 * size]))
    #expect(noisy(0..<count, look: 1) != all && noisy(0..<count, seed: 2) != all)
  }

  /// D sees the noise, in every look; where it has faded, the step is the plain one; and G's gradient comes through.
  @Test func stepSeesIt() throws {
    func rig(_ noise: InstanceNoise) throws -> StepRig {
      try StepRig(SmallPairs.everything, Recipe(instanceNoise: noise, batchSize: 6), batch: 6, slices: 2)
    }
    let plain = try rig(InstanceNoise())
    let faded = try rig(InstanceNoise(deviation: 0.5, decaySteps: 1))
    let noisy = try rig(InstanceNoise(deviation: 0.5))
    let without = try plain.run(step: 1)
    #expect(try faded.run(step: 1).lossReal == without.lossReal && faded.bits == plain.bits)
    let with = try noisy.run(step: 1)
    #expect(with.isFinite && with.lossReal != without.lossReal && with.lossFake != without.lossFake)
    #expect(with.lossGenerator != without.lossGenerator)

    let hardly = try rig(InstanceNoise(deviation: 1e-6))
    _ = try hardly.run(step: 1)
    let (g, other) = (hardly.adversaries.generator.gradient, plain.adversaries.generator.gradient)
    func numbers(_ buffer: FloatBuffer) -> [Float] {
      Array(UnsafeBufferPointer(start: buffer.data, count: buffer.count))
    }
    #expect(relativeNorm(numbers(g), numbers(other)) < 1e-2 && numbers(g) != numbers(other))
  }
}
