import CKernels

/// Binary cross-entropy on logits: -t log s(x) - (1 - t) log(1 - s(x)), s the sigmoid, in the form that never
/// overflows: max(x, 0) - x t + log(1 + exp(-|x|)).
///
/// With t = 1 on fakes it is the non-saturating generator loss (Goodfellow et al. 2014, section 3).
public enum SigmoidCrossEntropy {
  /// What a slice's logits add up to.
  public struct Sums: Equatable, Sendable {
    /// The sum of the losses.
    public var loss: Double
    /// The sum of sigmoid(x): D's opinion.
    public var probability: Double
  }

  /// The loss of `count` logits against `target`. Writes to `gradient` that of the mean over `batch` samples,
  /// which is the global batch, not the count here.
  public static func evaluate(
    _ logits: UnsafePointer<Float>, count: Int, target: Double, batch: Int,
    gradient: UnsafeMutablePointer<Float>
  ) -> Sums {
    var sums = (0.0, 0.0)
    withUnsafeMutableBytes(of: &sums) {
      ck_sigmoid_cross_entropy(
        logits, count, target, 1 / Double(batch), gradient,
        $0.baseAddress!.assumingMemoryBound(to: Double.self))
    }
    return Sums(loss: sums.0, probability: sums.1)
  }
}
