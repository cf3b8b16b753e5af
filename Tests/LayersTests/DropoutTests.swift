import Layers
import Tensors
import TestSupport
import Testing

/// Dropout's mask is a function of (seed, step, pass, layer, global sample, element).
@Suite struct DropoutTests {
  private static let shape = PictureShape(height: 5, width: 9, channels: 11)

  /// The kept places of each sample.
  private func masks(
    samples: Int, first: Int = 0, step: Int = 3, ordinal: Int = 2, place: Int = 4, seed: UInt64 = 1,
    bounds: [Int]? = nil
  ) throws -> [[Bool]] {
    let bench = LayerBench(Dropout(shape: Self.shape, rate: 0.3, place: place))
    (bench.firstSample, bench.step, bench.ordinal, bench.seed) = (first, step, ordinal, seed)
    let ones = [Float](repeating: 1, count: samples * Self.shape.count)
    let outcome = try bench.run(ones, dy: ones, bounds ?? [0, samples])
    // The backward pass has the same mask as the forward pass.
    #expect(sameBits(outcome.y, outcome.dx))
    #expect(outcome.y.allSatisfy { $0 == 0 || $0 == 1 / (1 - 0.3) })
    return (0..<samples).map { sample in
      outcome.y[sample * Self.shape.count..<(sample + 1) * Self.shape.count].map { $0 > 0 }
    }
  }

  @Test func whicheverRankHasTheSample() throws {
    let all = try masks(samples: 8)
    #expect(try masks(samples: 5, first: 3, bounds: [0, 2, 5]) == Array(all[3...]))
    #expect(try masks(samples: 1, first: 7) == [all[7]])
    #expect(Set(all).count == 8)
  }

  /// Five standard deviations of the share of `count` independent draws that are true with `probability`.
  private static func fiveDeviations(_ probability: Double, of count: Double) -> Double {
    5 * (probability * (1 - probability) / count).squareRoot()
  }

  @Test func otherKeysOtherMasks() throws {
    let one = try masks(samples: 1)
    let others = [
      try masks(samples: 1, first: 1), try masks(samples: 1, step: 4), try masks(samples: 1, ordinal: 3),
      try masks(samples: 1, place: 5), try masks(samples: 1, seed: 2),
    ]
    #expect(Set(others + [one]).count == 6)
    // They agree as often as independent ones do: 0.7^2 + 0.3^2 of 495.
    for other in others {
      let agreeing = Double(zip(one[0], other[0]).filter { $0 == $1 }.count) / 495
      #expect(abs(agreeing - 0.58) < Self.fiveDeviations(0.58, of: 495))
    }
  }

  @Test func rateIsKept() throws {
    let kept = try masks(samples: 200).joined()
    let share = Double(kept.filter { $0 }.count) / Double(kept.count)
    #expect(abs(share - 0.7) < Self.fiveDeviations(0.7, of: Double(kept.count)))
    for place in 0..<10 {
      let here = Double(try masks(samples: 400).filter { $0[place * 49] }.count) / 400
      #expect(abs(here - 0.7) < Self.fiveDeviations(0.7, of: 400))
    }
  }

  @Test func evaluationKeepsAll() throws {
    let bench = LayerBench(Dropout(shape: Self.shape, rate: 0.9, place: 0))
    bench.mode = .evaluation
    var numbers = Numbers(1)
    let x = numbers.floats(3 * Self.shape.count)
    let outcome = try bench.run(x, dy: x, [0, 3])
    #expect(sameBits(outcome.y, x) && sameBits(outcome.dx, x))
  }

  /// A sample's mask in evaluation, where there are as many keys as samples.
  private func masksAtTest(
    _ keys: [UInt64], first: Int = 0, step: Int = 0, ordinal: Int = 0, place: Int = 4, seed: UInt64 = 1
  ) throws -> [[Bool]] {
    let bench = LayerBench(Dropout(shape: Self.shape, rate: 0.3, place: place, atTest: true))
    bench.mode = .evaluation
    bench.sampleKeys = keys
    (bench.firstSample, bench.step, bench.ordinal, bench.seed) = (first, step, ordinal, seed)
    let size = Self.shape.count
    let ones = [Float](repeating: 1, count: keys.count * size)
    let outcome = try bench.run(ones, dy: ones, Array(0...keys.count))
    #expect(sameBits(outcome.y, outcome.dx))
    #expect(outcome.y.allSatisfy { $0 == 0 || $0 == 1 / (1 - 0.3) })
    return keys.indices.map { outcome.y[$0 * size..<($0 + 1) * size].map { $0 > 0 } }
  }

  @Test func atTestTheKeyAloneDecides() throws {
    let keys: [UInt64] = [7, 8, 7 << 32, .max]
    let all = try masksAtTest(keys)
    #expect(Set(all).count == 4)
    // Neither neighbours nor place, run, step or pass.
    #expect(try masksAtTest([.max, 8]) == [all[3], all[1]])
    #expect(try masksAtTest(keys, first: 3, step: 5, ordinal: 2, seed: 9) == all)
    #expect(try masksAtTest(keys, place: 5) != all)
    // And it is none of training's.
    #expect(try masksAtTest([0]) != masks(samples: 1, step: 0, ordinal: 1, place: 4, seed: 0))
  }

  @Test func atTestTrainingIsAsEver() throws {
    let plain = LayerBench(Dropout(shape: Self.shape, rate: 0.3, place: 4))
    let atTest = LayerBench(Dropout(shape: Self.shape, rate: 0.3, place: 4, atTest: true))
    let ones = [Float](repeating: 1, count: 3 * Self.shape.count)
    #expect(sameBits(try plain.forward(ones, [0, 3]), try atTest.forward(ones, [0, 3])))
  }

  @Test func rateZeroKeepsAll() throws {
    let bench = LayerBench(Dropout(shape: Self.shape, rate: 0, place: 0))
    var numbers = Numbers(1)
    let x = numbers.floats(3 * Self.shape.count)
    #expect(sameBits(try bench.forward(x, [0, 3]), x))
  }
}
