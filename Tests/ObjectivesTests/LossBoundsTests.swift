import Foundation
import Objectives
import Tensors
import Testing

/// What D's loss is compared with, against the losses that are computed.
@Suite struct LossBoundsTests {
  /// The mean loss of reals and fakes where D gives all of a side the same logit.
  private func loss(_ settings: LossSettings, real: Float, fake: Float, samples: Int) -> Double {
    func mean(_ logit: Float, _ side: LossSide) -> Double {
      let logits = [Float](repeating: logit, count: samples)
      var gradient = logits
      return settings.evaluate(logits, count: samples, as: side, batch: samples, gradient: &gradient) {
        RandomStream(seed: 3, purpose: .label, stream: side == .real ? 0 : 1, sample: $0)
      }.loss / Double(samples)
    }
    return mean(real, .real) + mean(fake, .fake)
  }

  private static let settings: [LossSettings] = [
    LossSettings(), LossSettings(kind: .saturating), LossSettings(kind: .hinge),
    LossSettings(kind: .leastSquares),
    LossSettings(kind: .leastSquares, realTarget: 1, fakeTarget: -1),
    LossSettings(smoothing: .init(amount: 0.25, rule: .twoSided)),
    LossSettings(smoothing: .init(amount: 0.1, rule: .twoSided, scope: .all)),
    LossSettings(
      realTarget: LabelTarget(from: 0.9, to: 1), fakeTarget: LabelTarget(from: 0, to: 0.1),
      flipProbability: 0.05),
    LossSettings(kind: .hinge, flipProbability: 0.1),
    LossSettings(kind: .leastSquares, realTarget: LabelTarget(from: 0.7, to: 1), flipProbability: 0.1),
  ]

  @Test func boundsAreTheBestOfAllLogits() {
    for settings in Self.settings {
      let bounds = settings.discriminatorBounds
      // Only where labels are drawn do samples differ.
      let isDrawn = settings.drawsLabels(.real)
      let (samples, off) = isDrawn ? (2_000, 0.08) : (1, 0.002)
      let logits: [Float] = stride(from: -9, through: 9, by: isDrawn ? 0.5 : 0.05).map { $0 }
      let all = logits.map {
        (
          real: loss(settings, real: $0, fake: 0, samples: samples),
          fake: loss(settings, real: 0, fake: $0, samples: samples)
        )
      }
      let neither = loss(settings, real: 0, fake: 0, samples: samples)
      // The two halves are independent, so each is best on its own.
      let best = (all.map(\.real).min() ?? 0) + (all.map(\.fake).min() ?? 0) - neither
      let guess = logits.map { loss(settings, real: $0, fake: $0, samples: samples) }.min() ?? 0
      #expect(abs(best - bounds.floor) < off, "\(settings): \(best), \(bounds)")
      #expect(abs(guess - bounds.guessing) < off, "\(settings): \(guess), \(bounds)")
      #expect(bounds.floor < bounds.guessing)
    }
  }

  @Test func theUsualOnesAreKnown() {
    #expect(LossSettings().discriminatorBounds == LossBounds(floor: 0, guessing: 2 * log(2)))
    #expect(LossSettings(kind: .hinge).discriminatorBounds == LossBounds(floor: 0, guessing: 2))
    #expect(LossSettings(kind: .leastSquares).discriminatorBounds == LossBounds(floor: 0, guessing: 0.25))
    // Half of the labels flipped tell nothing.
    let blind = LossSettings(flipProbability: 0.5).discriminatorBounds
    #expect(blind.floor == blind.guessing)
  }
}
