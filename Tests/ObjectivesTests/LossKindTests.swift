import Foundation
import Objectives
import Testing

/// The losses beside their formulas, their slopes beside differences.
@Suite struct LossKindTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let kind: LossKind
    let side: LossSide
    var target = 1.0
    var testDescription: String { "\(kind) \(side) \(target)" }

    /// The loss as papers write it.
    func formula(_ x: Double) -> Double {
      let s = 1 / (1 + exp(-x))
      switch (kind, side) {
      case (.saturating, .generator): return log(1 - s)
      case (.nonSaturating, _), (.saturating, _): return -target * log(s) - (1 - target) * log(1 - s)
      case (.hinge, .real): return max(0, 1 - x)
      case (.hinge, .fake): return max(0, 1 + x)
      case (.hinge, .generator): return -x
      case (.leastSquares, _): return pow(x - target, 2) / 2
      }
    }

    func evaluate(_ logits: [Float], batch: Int = 1) -> (sums: LossSums, gradient: [Float]) {
      var gradient = [Float](repeating: .nan, count: logits.count)
      let sums = kind.evaluate(
        logits, count: logits.count, as: side, target: target, batch: batch, gradient: &gradient)
      return (sums, gradient)
    }
  }

  static let cases =
    [LossKind.nonSaturating, .leastSquares].flatMap { kind in
      [0.05, 0.875, 1].flatMap { target in
        LossSide.allCases.map { Case(kind: kind, side: $0, target: target) }
      }
    } + [
      Case(kind: .leastSquares, side: .fake, target: -1),
      Case(kind: .saturating, side: .real, target: 0.9), Case(kind: .saturating, side: .fake, target: 0),
      Case(kind: .saturating, side: .generator),
    ] + LossSide.allCases.map { Case(kind: .hinge, side: $0) }

  private static let logits: [Float] = [-9, -2.5, -1.125, -0.875, -0.125, 0, 0.75, 0.875, 1.25, 3, 8]

  @Test(arguments: cases) func value(_ one: Case) {
    for x in Self.logits {
      let expected = one.formula(Double(x))
      let sums = one.evaluate([x]).sums
      #expect(abs(sums.loss - expected) < 1e-11 * max(1, abs(expected)))
      #expect(abs(sums.probability - 1 / (1 + exp(-Double(x)))) < 1e-14)
    }
  }

  /// Central differences: floats that are a power of two apart from the logit are exact.
  @Test(arguments: cases) func gradient(_ one: Case) {
    let step: Float = 0x1p-12
    for x in Self.logits {
      let slope =
        (one.evaluate([x + step]).sums.loss - one.evaluate([x - step]).sums.loss) / (2 * Double(step))
      #expect(abs(Double(one.evaluate([x]).gradient[0]) - slope) < 1e-6)
    }
  }

  /// At its kinks a hinge's slope is 0, on both sides of them what it says.
  @Test func hinges() {
    let real = Case(kind: .hinge, side: .real)
    let fake = Case(kind: .hinge, side: .fake)
    #expect(real.evaluate([0.5, 1, 1.5]).gradient == [-1, 0, 0])
    #expect(fake.evaluate([-1.5, -1, -0.5]).gradient == [0, 0, 1])
  }

  /// Where fakes are told for certain, the saturating loss hardly moves G and the non-saturating one does.
  @Test func saturates() {
    let logits: [Float] = [-20]
    let lost = Case(kind: .saturating, side: .generator).evaluate(logits)
    let kept = Case(kind: .nonSaturating, side: .generator).evaluate(logits)
    #expect(abs(lost.gradient[0]) < 3e-9 && lost.gradient[0] < 0 && lost.sums.loss < 0)
    #expect(abs(kept.gradient[0] + 1) < 1e-6)
  }

  /// No overflow on the way of a finite logit; what is not finite is never hidden.
  @Test(arguments: cases) func extremeLogits(_ one: Case) {
    for x: Float in [1e4, -1e4, 1e30, -1e30, .greatestFiniteMagnitude, -.greatestFiniteMagnitude] {
      let (sums, gradient) = one.evaluate([x])
      #expect(sums.loss.isFinite && gradient[0].isFinite && (0...1).contains(sums.probability), "\(x)")
    }
    for x: Float in [.infinity, -.infinity, .nan] {
      #expect(!one.evaluate([x]).sums.loss.isFinite, "\(x)")
    }
  }

  @Test(arguments: cases) func gradientIsOfTheMeanOverTheBatch(_ one: Case) {
    let logits: [Float] = [0.5, -1.5, 2]
    let (sums, gradient) = one.evaluate(logits, batch: 12)
    let alone = logits.map { one.evaluate([$0]) }
    #expect(abs(sums.loss - alone.reduce(0) { $0 + $1.sums.loss }) < 1e-13)
    for (g, single) in zip(gradient, alone) { #expect(abs(g - single.gradient[0] / 12) < 1e-7) }
    #expect(one.evaluate([], batch: 12).sums == LossSums())
  }

  /// Settings hand each side its own target, and draw nothing where nothing is to be drawn.
  @Test func settings() {
    let settings = LossSettings(kind: .leastSquares, realTarget: 0.5, fakeTarget: -1, generatorTarget: 0.25)
    for (side, target) in [(LossSide.real, 0.5), (.fake, -1), (.generator, 0.25)] {
      var gradient: [Float] = [.nan]
      let sums = settings.evaluate([2], count: 1, as: side, batch: 1, gradient: &gradient) { _ in
        preconditionFailure("no label is drawn")
      }
      #expect(sums.loss == (2 - target) * (2 - target) / 2 && gradient == [Float(2 - target)])
    }
    #expect(LossKind.allCases.map { $0.hasTarget(.generator) } == [true, false, false, true])
    #expect(LossKind.allCases.map { $0.hasTarget(.real) } == [true, true, false, true])
  }
}
