import Foundation
import Tensors
import Testing

func logarithm(_ x: Double) -> Double { log(x) }

/// What the numbers look like in bulk. The numbers are fixed, so these tests pass always or never; the bounds
/// are those that a right generator misses once in 10^6 or less.
@Suite struct RandomStatisticsTests {
  private static let count = 1 << 17

  private func uniforms(_ stream: RandomStream) -> [Double] {
    var numbers = [Float](repeating: 0, count: Self.count)
    stream.fillUniform(&numbers, count: Self.count)
    return numbers.map(Double.init)
  }

  private func normals(_ stream: RandomStream) -> [Double] {
    var numbers = [Float](repeating: 0, count: Self.count)
    stream.fillNormal(&numbers, count: Self.count)
    return numbers.map(Double.init)
  }

  private func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

  /// Kolmogorov and Smirnov's distance from a distribution function, times the root of the count: over 2.7
  /// once in 10^6.
  private func distance(_ x: [Double], _ cumulative: (Double) -> Double) -> Double {
    let n = Double(x.count)
    var worst = 0.0
    for (i, value) in x.sorted().enumerated() {
      let expected = cumulative(value)
      worst = max(worst, abs(expected - Double(i) / n), abs(expected - Double(i + 1) / n))
    }
    return worst * n.squareRoot()
  }

  private static let streams = [
    RandomStream(seed: 1, purpose: .latent),
    RandomStream(seed: 1, purpose: .dropout, stream: 1 << 8, step: 1),
    RandomStream(seed: .max, purpose: .initialWeights, stream: 1 << 16, sample: 3),
  ]

  @Test(arguments: 0..<3) func uniform(_ index: Int) {
    let x = uniforms(Self.streams[index])
    let bound = 5 / Double(Self.count).squareRoot()
    #expect(x.allSatisfy { $0 >= 0 && $0 < 1 && ($0 * 0x1p24).rounded() == $0 * 0x1p24 })
    #expect(abs(mean(x) - 0.5) < bound * (1.0 / 12).squareRoot())
    // The variance of (x - 1/2)^2 is 1/80 - 1/144 = 1/180.
    #expect(abs(mean(x.map { ($0 - 0.5) * ($0 - 0.5) }) - 1.0 / 12) < bound * (1.0 / 180).squareRoot())
    #expect(distance(x) { $0 } < 2.7)
  }

  @Test(arguments: 0..<3) func normal(_ index: Int) {
    let x = normals(Self.streams[index])
    let bound = 5 / Double(Self.count).squareRoot()
    #expect(x.allSatisfy { $0.isFinite })
    #expect(abs(mean(x)) < bound)
    #expect(abs(mean(x.map { $0 * $0 }) - 1) < bound * 2.0.squareRoot())
    // Third and fourth moments; x^3 has variance 15, x^4 variance 96.
    #expect(abs(mean(x.map { $0 * $0 * $0 })) < bound * 15.0.squareRoot())
    #expect(abs(mean(x.map { $0 * $0 * $0 * $0 }) - 3) < bound * 96.0.squareRoot())
    #expect(distance(x) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 2.7)
  }

  /// The largest of so many is where it should be: Box and Muller's tails are not cut.
  @Test func normalHasTails() {
    let largest = normals(Self.streams[0]).map(abs).max() ?? 0
    #expect(largest > 4 && largest < 6.7)
  }

  /// Streams whose keys differ in one field by one are not correlated, and neither are neighbours in a
  /// stream.
  @Test(arguments: ["seed", "purpose", "stream", "step", "sample", "next", "pair"])
  func unrelated(_ field: String) {
    func stream(
      _ seed: UInt64 = 7, _ purpose: RandomPurpose = .latent, _ stream: Int = 0, _ step: Int = 0,
      _ sample: Int = 0
    )
      -> RandomStream
    { RandomStream(seed: seed, purpose: purpose, stream: stream, step: step, sample: sample) }
    let x = normals(stream())
    let y =
      switch field {
      case "seed": normals(stream(8))
      case "purpose": normals(stream(7, .fixedLatent))
      case "stream": normals(stream(7, .latent, 1))
      case "step": normals(stream(7, .latent, 0, 1))
      case "sample": normals(stream(7, .latent, 0, 0, 1))
      case "next": Array(x[1...] + x[..<1])
      default: Array(x[2...] + x[..<2])
      }
    let bound = 5 / Double(Self.count).squareRoot()
    #expect(abs(mean(zip(x, y).map { $0 * $1 })) < bound)
    #expect(abs(mean(zip(x, y).map { ($0 * $0 - 1) * ($1 * $1 - 1) })) < 2 * bound)
  }
}
