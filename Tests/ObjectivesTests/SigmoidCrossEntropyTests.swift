import Foundation
import Objectives
import Testing

@Suite struct SigmoidCrossEntropyTests {
  private func evaluate(_ logits: [Float], target: Double, batch: Int) -> (
    sums: LossSums, gradient: [Float]
  ) {
    var gradient = [Float](repeating: .nan, count: logits.count)
    let sums = SigmoidCrossEntropy.evaluate(
      logits, count: logits.count, target: target, batch: batch, gradient: &gradient)
    return (sums, gradient)
  }

  /// -t log s(x) - (1 - t) log(1 - s(x)), as it is written in papers.
  @Test(arguments: [0, 0.05, 0.5, 0.95, 1]) func value(_ target: Double) {
    for x: Float in [-9, -2.5, -0.125, 0, 0.75, 3, 8] {
      let probability = 1 / (1 + exp(-Double(x)))
      let expected = -target * log(probability) - (1 - target) * log(1 - probability)
      let sums = evaluate([x], target: target, batch: 1).sums
      #expect(abs(sums.loss - expected) < 1e-11 * max(1, expected))
      #expect(abs(sums.probability - probability) < 1e-14)
    }
  }

  /// Central differences: floats that are a power of two apart from the logit are exact.
  @Test(arguments: [0, 0.05, 0.5, 0.95, 1]) func gradient(_ target: Double) {
    let step: Float = 0x1p-12
    for x: Float in [-9, -2.5, -0.125, 0, 0.75, 3, 8] {
      let slope =
        (evaluate([x + step], target: target, batch: 1).sums.loss
          - evaluate([x - step], target: target, batch: 1).sums.loss)
        / (2 * Double(step))
      #expect(abs(Double(evaluate([x], target: target, batch: 1).gradient[0]) - slope) < 1e-7)
    }
  }

  @Test func extremeLogits() {
    let far: [Float] = [1e4, -1e4, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
    let hits = evaluate([far[0], far[2]], target: 1, batch: 1)
    #expect(hits.sums.loss == 0 && hits.sums.probability == 2 && hits.gradient == [0, 0])
    let misses = evaluate([far[0], far[1]], target: 0.5, batch: 1)
    #expect(misses.sums.loss == 1e4 && misses.gradient == [0.5, -0.5])
    let worst = evaluate([far[3]], target: 1, batch: 1)
    #expect(worst.sums.loss == Double(Float.greatestFiniteMagnitude) && worst.gradient == [-1])
    #expect(evaluate([.nan], target: 1, batch: 1).sums.loss.isNaN)
    // What has overflowed is never a loss that a run could go on with.
    #expect(!evaluate([.infinity], target: 0, batch: 1).sums.loss.isFinite)
    #expect(!evaluate([-.infinity], target: 1, batch: 1).sums.loss.isFinite)
  }

  /// The mean is over the global batch, of which these logits may be a part.
  @Test func gradientIsOfTheMeanOverTheBatch() {
    let logits: [Float] = [0.5, -1, 2]
    let (sums, gradient) = evaluate(logits, target: 1, batch: 12)
    let alone = logits.map { evaluate([$0], target: 1, batch: 1) }
    #expect(abs(sums.loss - alone.reduce(0) { $0 + $1.sums.loss }) < 1e-14)
    for (g, one) in zip(gradient, alone) { #expect(abs(g - one.gradient[0] / 12) < 1e-8) }
    let nothing = evaluate([], target: 1, batch: 12).sums
    #expect(nothing.loss == 0 && nothing.probability == 0)
  }
}
