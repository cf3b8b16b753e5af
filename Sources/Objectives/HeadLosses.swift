import Foundation

/// Cross-entropy of a softmax: -sum(t log softmax(x)) over the classes, for a target t that adds up to 1.
/// For a one-hot target it is -log of that class's probability.
package enum SoftmaxCrossEntropy {
  /// The loss of one sample's `count` logits. Writes `scale` times its gradient, softmax(x) - t.
  /// Logits that are not finite give a loss that is not finite.
  package static func evaluate(
    _ logits: UnsafePointer<Float>, target: UnsafePointer<Float>, count: Int, scale: Double,
    gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    var largest = Double(logits[0])
    for k in 1..<max(1, count) { largest = max(largest, Double(logits[k])) }
    var sum = 0.0
    for k in 0..<count { sum += exp(Double(logits[k]) - largest) }
    let logSum = largest + log(sum)
    var loss = 0.0
    for k in 0..<count {
      let x = Double(logits[k])
      // x - x is 0, or NaN where x is not finite. Without it, the maximum would hide such a logit.
      loss += Double(target[k]) * (logSum - x) + (x - x)
      gradient[k] = Float(scale * (exp(x - logSum) - Double(target[k])))
    }
    return loss
  }
}

/// -log N(c; x, 1) without its constant, log(2 pi) / 2: half the squared distance.
package enum UnitGaussianLoss {
  /// The loss of one sample's `count` means x against codes c. Writes `scale` times its gradient, x - c.
  package static func evaluate(
    _ means: UnsafePointer<Float>, target: UnsafePointer<Float>, count: Int, scale: Double,
    gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    var loss = 0.0
    for k in 0..<count {
      let distance = Double(means[k]) - Double(target[k])
      loss += 0.5 * distance * distance
      gradient[k] = Float(scale * distance)
    }
    return loss
  }
}
