import Foundation
import Objectives
import Testing

/// What D's heads lose: beside formulas, known values and differences.
@Suite struct HeadLossTests {
  private func softmax(_ logits: [Float], _ target: [Float], scale: Double = 1) -> (
    loss: Double, gradient: [Float]
  ) {
    var gradient = [Float](repeating: .nan, count: logits.count)
    let loss = SoftmaxCrossEntropy.evaluate(
      logits, target: target, count: logits.count, scale: scale, gradient: &gradient)
    return (loss, gradient)
  }

  private func gaussian(_ means: [Float], _ target: [Float], scale: Double = 1) -> (
    loss: Double, gradient: [Float]
  ) {
    var gradient = [Float](repeating: .nan, count: means.count)
    let loss = UnitGaussianLoss.evaluate(
      means, target: target, count: means.count, scale: scale, gradient: &gradient)
    return (loss, gradient)
  }

  /// Of a class, of a mixture of two, of one class alone.
  private static let pairs: [(logits: [Float], target: [Float])] = [
    ([0.5, -1.25, 3, 0], [0, 0, 1, 0]), ([0.5, -1.25, 3, 0], [0, 1, 0, 0]), ([2, -7], [0.25, 0.75]),
    ([-0.125, 0.25, 0.5], [0.5, 0, 0.5]), ([4], [1]), ([-30, 0, 30], [1, 0, 0]),
  ]

  @Test(arguments: pairs) func crossEntropy(_ pair: (logits: [Float], target: [Float])) {
    let powers = pair.logits.map { exp(Double($0)) }
    let expected = zip(powers, pair.target).reduce(0) {
      $0 - Double($1.1) * log($1.0 / powers.reduce(0, +))
    }
    #expect(abs(softmax(pair.logits, pair.target).loss - expected) < 1e-11 * max(1, expected))
  }

  @Test func knownValues() {
    #expect(abs(softmax([7, 7, 7, 7], [0, 1, 0, 0]).loss - log(4.0)) < 1e-14)
    let (loss, gradient) = softmax([0, Float(log(3.0))], [1, 0])
    #expect(abs(loss - log(4.0)) < 1e-7 && abs(gradient[0] + 0.75) < 1e-6 && abs(gradient[1] - 0.75) < 1e-6)
    // One class tells nothing.
    #expect(softmax([4], [1]).loss == 0 && softmax([4], [1]).gradient == [0])
    // Half the squared distance of every number.
    #expect(gaussian([1, -2], [0.5, 1]).loss == 0.5 * (0.25 + 9))
    #expect(gaussian([1, -2], [0.5, 1], scale: 0.5).gradient == [0.25, -1.5])
    #expect(gaussian([], []).loss == 0)
  }

  /// Central differences: floats that are a power of two apart are exact.
  @Test(arguments: pairs) func gradients(_ pair: (logits: [Float], target: [Float])) {
    let step: Float = 0x1p-12
    for evaluate in [softmax, gaussian] {
      let gradient = evaluate(pair.logits, pair.target, 1).gradient
      for k in pair.logits.indices {
        var (up, down) = (pair.logits, pair.logits)
        up[k] += step
        down[k] -= step
        let slope =
          (evaluate(up, pair.target, 1).loss - evaluate(down, pair.target, 1).loss) / (2 * Double(step))
        #expect(abs(Double(gradient[k]) - slope) < 1e-6 * max(1, abs(slope)), "\(k)")
      }
      // The loss is not scaled, the gradient is.
      let half = evaluate(pair.logits, pair.target, 0.5)
      #expect(half.loss == evaluate(pair.logits, pair.target, 1).loss)
      #expect(zip(half.gradient, gradient).allSatisfy { abs($0 - $1 / 2) < 1e-7 * max(1, abs($1)) })
    }
  }

  /// No overflow on the way of finite numbers; what is not finite is never hidden, wherever it stands.
  @Test func extremes() {
    for far: Float in [1e4, 1e30, .greatestFiniteMagnitude] {
      for logits in [[far, 0, -far], [-far, far, 0], [far, far, far]] {
        let (loss, gradient) = softmax(logits, [0, 1, 0])
        #expect(loss.isFinite && loss >= 0 && gradient.allSatisfy { abs($0) <= 1 }, "\(logits)")
        #expect(gaussian(logits, [0, 1, 0]).loss.isFinite)
      }
    }
    #expect(softmax([1e4, 0], [0, 1]).loss == 1e4 && softmax([1e4, 0], [0, 1]).gradient == [1, -1])
    for bad: Float in [.nan, .infinity, -.infinity] {
      for place in 0..<3 {
        for target in [[1, 0, 0], [0, 1, 0], [0, 0, 1]] as [[Float]] {
          var logits: [Float] = [0.5, 1, -2]
          logits[place] = bad
          #expect(!softmax(logits, target).loss.isFinite, "\(bad) at \(place)")
          #expect(!gaussian(logits, target).loss.isFinite, "\(bad) at \(place)")
        }
      }
    }
  }
}
