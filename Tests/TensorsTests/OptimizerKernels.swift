import CKernels
import Foundation
import TestSupport
import Testing

/// Adam's inner loop and the loss.
enum OptimizerKernels {
  static func check() {
    for count in oddLengths + [1000] {
      // Epsilon beside a corrected root, beside an uncorrected one, and one that dominates.
      adam(count, rate: 4e-4, rootScale: 31.6, epsilon: 1e-8)
      adam(count, rate: 2e-4, rootScale: 1, epsilon: 1e-8)
      adam(count, rate: 2e-4, rootScale: 2, epsilon: 0.1)
    }
    crossEntropy()
  }

  private static func adam(_ count: Int, rate: Float, rootScale: Float, epsilon: Float) {
    var numbers = Numbers(count)
    let g = numbers.floats(count).enumerated().map { $1 * Float(pow(10, -Double($0 % 6))) }
    let p0 = numbers.floats(count)
    let m0 = numbers.floats(count)
    let v0 = numbers.floats(count).map { abs($0) }
    let beta1: Float = 0.5
    let beta2: Float = 0.999
    var (p, m, v) = (p0 + [9], m0 + [9], v0 + [9])
    var squares = 3.0
    ck_adam(&p, &m, &v, g, count, beta1, 0.5, beta2, 0.001, rate, rootScale, epsilon, &squares)
    #expect(p[count] == 9 && m[count] == 9 && v[count] == 9)
    var expectedSquares = 3.0
    var wrong = 0
    for i in 0..<count {
      let gradient = Double(g[i])
      let first = Double(beta1) * Double(m0[i]) + (1 - Double(beta1)) * gradient
      let second = Double(beta2) * Double(v0[i]) + Double(0.001 as Float) * gradient * gradient
      let change = Double(rate) * first / (second.squareRoot() * Double(rootScale) + Double(epsilon))
      if abs(Double(m[i]) - first) > 2e-7 * (abs(Double(m0[i])) + abs(gradient)) { wrong += 1 }
      if abs(Double(v[i]) - second) > 4e-7 * abs(second) { wrong += 1 }
      // One rounding of p, and a few of the change.
      let tolerance =
        1e-7 * abs(Double(p0[i])) + 3e-6 * abs(change) + 1e-6 * abs(change) * abs(gradient)
        / max(abs(first), 1e-9)
      if abs(Double(p[i]) - (Double(p0[i]) - change)) > tolerance { wrong += 1 }
      expectedSquares += gradient * gradient
    }
    #expect(wrong == 0, "\(count) parameters, root scale \(rootScale)")
    #expect(abs(squares - expectedSquares) < 1e-12 * expectedSquares)
  }

  private static func crossEntropy() {
    let x: [Float] = [0, -0.0, 1e-30, 1, -1, 20, -20, 90, -90, 800, -800, 1e30, -1e30]
    for target in [0, 1, 0.9, 0.05] {
      var gradient = [Float](repeating: 9, count: x.count + 1)
      var sums = [10.0, 20.0]
      ck_sigmoid_cross_entropy(x, x.count, target, 0.25, &gradient, &sums)
      var loss = 10.0
      var opinion = 20.0
      for (i, logit) in x.map(Double.init).enumerated() {
        let probability = 1 / (1 + exp(-logit))
        loss += max(logit, 0) - logit * target + log1p(exp(-abs(logit)))
        opinion += probability
        #expect(abs(Double(gradient[i]) - (probability - target) * 0.25) < 1e-7)
      }
      #expect(abs(sums[0] - loss) <= 1e-14 * loss && abs(sums[1] - opinion) < 1e-12)
      #expect(gradient[x.count] == 9)
    }
  }
}
