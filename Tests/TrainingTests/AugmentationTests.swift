import Recipes
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

/// Differentiable augmentation: its adjoint, what it draws, and in a step. Beside PyTorch: TwinTests.
@Suite struct AugmentationTests {
  private static let all = Augmentation(Augmentation.Kind.allCases)

  /// Drawn changes at odd sizes: a map is linear but for brightness, so central differences are exact but for rounding.
  @Test(arguments: [(9, 7, 3), (1, 5, 3), (16, 16, 1), (3, 2, 3)]) func adjointIsTheGradient(
    _ height: Int, _ width: Int, _ channels: Int
  ) {
    let shape = PictureShape(height: height, width: width, channels: channels)
    var numbers = Numbers(4)
    for sample in 0..<40 {
      let change = Self.all.change(of: shape, RandomStream(seed: 3, purpose: .augmentation, sample: sample))
      let (x, v, dy) = (numbers.floats(shape.count), numbers.floats(shape.count), numbers.floats(shape.count))
      let there = change.applied(to: zip(x, v).map { $0 + $1 }, shape)
      let back = change.applied(to: zip(x, v).map { $0 - $1 }, shape)
      var (found, expected, size) = (0.0, 0.0, 0.0)
      for (i, value) in change.adjoint(of: dy, shape).enumerated() {
        found += Double(there[i] - back[i]) / 2 * Double(dy[i])
        expected += Double(value) * Double(v[i])
        size += abs(Double(dy[i]))
      }
      #expect(abs(found - expected) < 1e-5 * size)
    }
  }

  @Test func drawnChangesAreThePapers() {
    let shape = PictureShape(height: 64, width: 33, channels: 3)
    let changes = (0..<2000).map {
      Self.all.change(of: shape, RandomStream(seed: 1, purpose: .augmentation, sample: $0))
    }
    func range<Value: Comparable>(_ value: (PictureChange) -> Value) -> (Value, Value)? {
      let values = changes.map(value)
      return values.min().flatMap { low in values.max().map { (low, $0) } }
    }
    for (found, low, high) in [
      (range { $0.brightness }, -0.5, 0.5), (range { $0.saturation }, 0, 2),
      (range { $0.contrast }, 0.5, 1.5),
    ] as [((Float, Float)?, Float, Float)] {
      #expect(found.map { $0.0 >= low && $0.0 < low + 0.01 && $0.1 < high && $0.1 > high - 0.01 } == true)
    }
    // An eighth of 64 is 8, of 33 rounds to 4; halves are 32 and 17, at the borders half of these.
    #expect(range { $0.down }.map { [$0.0, $0.1] } == [-8, 8])
    #expect(range { $0.across }.map { [$0.0, $0.1] } == [-4, 4])
    #expect(range { $0.cut.rows.count }.map { [$0.0, $0.1] } == [16, 32])
    #expect(range { $0.cut.columns.count }.map { [$0.0, $0.1] } == [9, 17])
    #expect(changes.allSatisfy { $0.cut.rows.upperBound <= 64 && $0.cut.columns.upperBound <= 33 })
    #expect(range { $0.cut.rows.upperBound }.map { $0.1 } == 64)
    // What is not asked for is left alone, and what is asked for does not depend on the rest.
    let one = Augmentation([.translation]).change(
      of: shape, RandomStream(seed: 1, purpose: .augmentation, sample: 7))
    #expect(one.brightness == 0 && one.saturation == 1 && one.contrast == 1 && one.cut.rows.isEmpty)
    #expect(one.down == changes[7].down && one.across == changes[7].across)
  }

  @Test func aFunctionOfTheGlobalSample() {
    let shape = PictureShape(height: 8, width: 8, channels: 3)
    let pool = ThreadPool(threads: 2)
    var numbers = Numbers(2)
    let picture = numbers.floats(shape.count)
    func seen(_ samples: Range<Int>, seed: UInt64 = 1, step: Int = 4, look: Int = 1) -> [Float] {
      var out = [Float](repeating: .nan, count: samples.count * shape.count)
      Self.all.apply(
        to: samples.flatMap { _ in picture }, samples: samples, shape: shape, seed: seed, step: step,
        look: look,
        into: &out, pool)
      return out
    }
    let all = seen(0..<6)
    #expect(Set((0..<6).map { Array(all[$0 * shape.count..<($0 + 1) * shape.count]) }).count == 6)
    #expect(seen(2..<5) == Array(all[2 * shape.count..<5 * shape.count]))
    #expect(seen(0..<6, seed: 2) != all && seen(0..<6, step: 5) != all && seen(0..<6, look: 0) != all)
  }

  /// D sees the changes in every look, and none where there is no augmentation.
  @Test func stepSeesIt() throws {
    func totals(_ augmentation: Augmentation, noise: Double = 0) throws -> [Double] {
      let recipe = Recipe(
        augmentation: augmentation, instanceNoise: InstanceNoise(deviation: noise), batchSize: 6)
      let totals = try StepRig(SmallPairs.everything, recipe, batch: 6, slices: 2).run(step: 1)
      #expect(totals.isFinite)
      return [totals.lossReal, totals.lossFake, totals.lossGenerator]
    }
    let plain = try totals(Augmentation())
    let augmented = try totals(Self.all)
    for (a, b) in zip(plain, augmented) { #expect(a != b) }
    for (a, b) in zip(try totals(Self.all, noise: 0.1), augmented) { #expect(a != b) }
  }

  /// G's gradient beside central differences of G's loss, along the gradient: through noise and augmentation alike.
  @Test func generatorGradientComesBackThroughIt() throws {
    let recipe = Recipe(
      // G first, so that its loss is one of G and of the D that the seed gives.
      schedule: [.generator(fakes: .new), .discriminator(reals: .new, fakes: .reuse)], augmentation: Self.all,
      instanceNoise: InstanceNoise(deviation: 0.1), batchSize: 6)
    func rig(moved: [Float]? = nil) throws -> (rig: StepRig, loss: Double) {
      let rig = try StepRig(SmallPairs.smooth, recipe, batch: 6, slices: 2)
      let network = rig.adversaries.generator.network
      if let moved {
        for (i, value) in moved.enumerated() { network.values.data[i] += value }
        network.markChanged()
      }
      return (rig, try rig.run(step: 0).lossGenerator)
    }
    let buffer = try rig().rig.adversaries.generator.gradient
    let gradient = Array(UnsafeBufferPointer(start: buffer.data, count: buffer.count))
    let squares = gradient.reduce(0) { $0 + Double($1) * Double($1) }
    let h = 2e-4 / squares
    let (there, back) = (
      try rig(moved: gradient.map { Float(h * Double($0)) }).loss,
      try rig(moved: gradient.map { Float(-h * Double($0)) }).loss
    )
    #expect(abs((there - back) / (2 * h * squares) - 1) < 0.02)
  }
}
