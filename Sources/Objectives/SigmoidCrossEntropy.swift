import CKernels

/// Binary cross-entropy on logits: -t log s(x) - (1 - t) log(1 - s(x)), s the sigmoid, in the form that never
/// overflows: max(x, 0) - x t + log(1 + exp(-|x|)).
///
/// With t = 1 on fakes it is the non-saturating generator loss (Goodfellow et al. 2014, section 3).
package enum SigmoidCrossEntropy {
  /// The sum of the losses of `count` logits against `target`. Writes to `gradient` the gradient of the
  /// mean over `batch` samples, where `batch` is the global batch, not `count`.
  package static func evaluate(
    _ logits: UnsafePointer<Float>, count: Int, target: Double, batch: Int,
    gradient: UnsafeMutablePointer<Float>
  ) -> LossSums {
    evaluate(logits, count, target, 1 / Double(batch), gradient)
  }

  /// The saturating generator loss log(1 - s(x)): minus the cross-entropy against 0, so never above 0.
  /// Writes to `gradient` the gradient of the mean over `batch` samples.
  package static func saturating(
    _ logits: UnsafePointer<Float>, count: Int, batch: Int, gradient: UnsafeMutablePointer<Float>
  ) -> LossSums {
    var sums = evaluate(logits, count, 0, -1 / Double(batch), gradient)
    sums.loss.negate()
    return sums
  }

  private static func evaluate(
    _ logits: UnsafePointer<Float>, _ count: Int, _ target: Double, _ scale: Double,
    _ gradient: UnsafeMutablePointer<Float>
  ) -> LossSums {
    var sums = (0.0, 0.0)
    withUnsafeMutableBytes(of: &sums) {
      ck_sigmoid_cross_entropy(
        logits, count, target, scale, gradient, $0.baseAddress!.assumingMemoryBound(to: Double.self))
    }
    return LossSums(loss: sums.0, probability: sums.1)
  }
}
