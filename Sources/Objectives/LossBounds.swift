import Foundation

/// Two losses that D's loss is compared with, which follow from its labels alone: that of a perfect D, and
/// that of a D that guesses.
package struct LossBounds: Equatable, Sendable {
  /// The lowest mean loss of reals and fakes together that any D can have: 0 with hard labels, above with soft ones.
  package var floor: Double
  /// The lowest mean loss of a D that gives every picture the same logit: 2 log 2 with hard labels and
  /// cross-entropy.
  package var guessing: Double

  /// Creates bounds from their parts.
  package init(floor: Double, guessing: Double) {
    self.floor = floor
    self.guessing = guessing
  }
}

extension LossSettings {
  /// The bounds of D's loss, reals' and fakes' halves added.
  ///
  /// Cross-entropy is linear in its target, so its floor is the entropy of each side's mean target. The
  /// floor of least squares is half the variance of each side's targets. The floor of the hinge is 2 min(p,
  /// 1 - p) for each side, where p is the probability that a label is flipped.
  package var discriminatorBounds: LossBounds {
    let real = labelMoments(.real)
    let fake = labelMoments(.fake)
    let middle = (real.mean + fake.mean) / 2
    switch kind {
    case .nonSaturating, .saturating:
      return LossBounds(
        floor: Self.entropy(real.mean) + Self.entropy(fake.mean), guessing: 2 * Self.entropy(middle))
    case .leastSquares:
      let spread = (real.variance + fake.variance) / 2
      let apart = (real.mean - middle) * (real.mean - middle)
      return LossBounds(floor: spread, guessing: spread + apart)
    case .hinge:
      return LossBounds(floor: 4 * min(flipProbability, 1 - flipProbability), guessing: 2)
    }
  }

  /// Mean and variance of the targets of one side in D's updates, flips included.
  private func labelMoments(_ side: LossSide) -> (mean: Double, variance: Double) {
    func own(_ side: LossSide) -> (mean: Double, square: Double) {
      let (low, high) = (fixedLabel(side, at: 0).target, fixedLabel(side, at: 1).target)
      let mean = (low + high) / 2
      return (mean, mean * mean + (high - low) * (high - low) / 12)
    }
    let (straight, flipped) = (own(side), own(side == .real ? .fake : .real))
    let p = flipProbability
    let mean = (1 - p) * straight.mean + p * flipped.mean
    let square = (1 - p) * straight.square + p * flipped.square
    return (mean, max(0, square - mean * mean))
  }

  private static func entropy(_ p: Double) -> Double {
    func part(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }
    return part(p) + part(1 - p)
  }
}
