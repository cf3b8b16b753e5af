import Foundation
import Models
import Recipes
import Testing

/// Walks and sums of G's inputs, against numbers found by hand.
@Suite struct LatentWalkTests {
  private func slerp(_ a: [Float], _ b: [Float], _ t: Double) -> [Float] {
    LatentPath.slerp.between(a[...], b[...], at: t)
  }

  private func expect(_ found: [Float], _ wanted: [Double], _ place: SourceLocation = #_sourceLocation) {
    #expect(
      found.count == wanted.count && zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-6 },
      "\(found), and not \(wanted)", sourceLocation: place)
  }

  @Test func arcs() {
    let half = 0.5.squareRoot()
    let high = 0.75.squareRoot()
    expect(slerp([1, 0], [0, 1], 0.5), [half, half])
    // A third of a right angle is 30 degrees.
    expect(slerp([2, 0], [0, 2], 1.0 / 3), [2 * high, 1])
    // The middle of 60 degrees is 30 degrees.
    expect(slerp([1, 0, 0], [0.5, 0, Float(high)], 0.5), [high, 0, 0.5])
    // Of other lengths: sin 45 / sin 90 times their sum.
    expect(slerp([3, 0], [0, 4], 0.5), [3 * half, 4 * half])
    // Where there is no arc, the straight line.
    expect(slerp([1, 1], [3, 3], 0.5), [2, 2])
    expect(slerp([1, 0], [-1, 0], 0.25), [0.5, 0])
    expect(slerp([0, 0], [2, 0], 0.25), [0.5, 0])
  }

  @Test func lengthsStayOnTheArcAndShrinkOnTheLine() {
    func length(_ z: [Float]) -> Double { z.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
    let a = (0..<100).map { Float(sin(Double($0))) }
    let b = (0..<100).map { Float(cos(Double($0) * 1.7)) }
    let scaled = b.map { $0 * Float(length(a) / length(b)) }
    for t in [0.1, 0.5, 0.8] { #expect(abs(length(slerp(a, scaled, t)) / length(a) - 1) < 1e-6) }
    #expect(length(LatentPath.linear.between(a[...], scaled[...], at: 0.5)) < 0.8 * length(a))
  }

  @Test(arguments: [LatentPath.slerp, .linear]) func endsAreTheVectorsThemselves(path: LatentPath) {
    let (a, b): ([Float], [Float]) = ([0.1, -0.2, 1.3], [-0.7, 0.3, 0.9])
    #expect(path.between(a[...], b[...], at: 0) == a && path.between(a[...], b[...], at: 1) == b)
  }

  @Test func lines() {
    expect(LatentPath.linear.between([1, -1], [3, 1], at: 0.25), [1.5, -0.5])
    #expect(LatentPath(.normal) == .slerp && LatentPath(.uniform) == .linear)
  }

  /// Two numbers of z, then a one-hot vector of two classes.
  private func walk(loops: Bool, _ path: LatentPath = .slerp) -> InputWalk {
    InputWalk(
      stations: [[1, 0, 1, 0], [0, 1, 0, 1], [-1, 0, 0, 1]], latent: 2, path: path, frames: 2, loops: loops)
  }

  @Test func framesOfAWalk() {
    let half = 0.5.squareRoot()
    let there = [1, 0, 1, 0, half, half, 0.5, 0.5, 0, 1, 0, 1, -half, half, 0, 1]
    expect(walk(loops: false).once, there + [-1, 0, 0, 1])
    // From the last to the first the angle is 180 degrees, so it is the straight line.
    expect(walk(loops: true).once, there + [-1, 0, 0, 1, 0, 0, 0.5, 0.5])
    expect(walk(loops: false, .linear).once[4..<8].map { $0 }, [0.5, 0.5, 0.5, 0.5])
    // Each leg with both of its ends.
    expect(
      walk(loops: false).legByLeg,
      [1, 0, 1, 0, half, half, 0.5, 0.5, 0, 1, 0, 1] + [0, 1, 0, 1, -half, half, 0, 1, -1, 0, 0, 1])
    for loops in [false, true] {
      #expect(InputWalk.count(stations: 3, frames: 2, loops: loops) * 4 == walk(loops: loops).once.count)
      #expect(InputWalk.legs(stations: 3, loops: loops) * 3 * 4 == walk(loops: loops).legByLeg.count)
    }
  }

  @Test func sums() {
    expect(VectorArithmetic.mean([[1, 2], [3, 4], [5, 9]]), [3, 5])
    expect(VectorArithmetic.sum([3, 5], minus: [1, 7], plus: [10, 20]), [12, 18])
    // One-hot vectors stay so.
    #expect(VectorArithmetic.mean([[0, 1], [0, 1], [0, 1]]) == [0, 1])
    // A turn moves z alone.
    expect(
      VectorArithmetic.moved([1, 1, 0, 1], latent: 2, from: [0, 1, 1, 0], to: [2, 0, 0, 1], amount: -0.5),
      [0, 1.5, 0, 1])
    #expect(Arithmetic.amounts(steps: 5, reach: 2) == [-2, -1, 0, 1, 2])
    #expect(Arithmetic.amounts(steps: 2, reach: 0.5) == [-0.5, 0.5])
  }

  @Test func neighbours() {
    let input = (0..<104).map { Float($0) / 10 }
    func near(_ seed: UInt64, _ scale: Float = 0.25) -> [[Float]] {
      VectorArithmetic.neighbourhood(of: input, latent: 100, scale: scale, seed: seed)
    }
    let nine = near(1)
    #expect(nine.count == 9 && nine[4] == input && nine == near(1) && nine != near(2))
    #expect(near(1, 0).allSatisfy { $0 == input })
    // U[-0.25, 0.25) on z, which uses all of its range, and nothing on what comes after z.
    let noise = nine.indices.filter { $0 != 4 }.flatMap { place in
      (0..<100).map { nine[place][$0] - input[$0] }
    }
    #expect(nine.allSatisfy { $0[100...] == input[100...] })
    #expect(Set(nine).count == 9 && noise.allSatisfy { abs($0) <= 0.2501 })
    #expect((noise.min() ?? 0) < -0.245 && (noise.max() ?? 0) > 0.245)
    // The mean of 800 numbers has a deviation of 0.144 / 28 = 0.005, that of their squares 0.0186 / 28.
    let mean = noise.reduce(0, +) / 800
    let ofSquares = noise.reduce(0) { $0 + $1 * $1 } / 800
    #expect(abs(mean) < 0.025 && abs(ofSquares - 0.0625 / 3) < 0.003)
  }
}
