/// Which pictures, in which update, a logit of D belongs to.
package enum LossSide: String, CaseIterable, Equatable, Sendable {
  /// A real picture, in an update of D.
  case real
  /// A generated picture, in an update of D.
  case fake
  /// A generated picture, in an update of G.
  case generator
}

/// Sums over some logits.
package struct LossSums: Equatable, Sendable {
  /// The sum of the losses.
  package var loss: Double
  /// The sum of sigmoid(x): D's opinion, whatever the loss.
  package var probability: Double

  /// Creates sums from their parts.
  package init(loss: Double = 0, probability: Double = 0) {
    self.loss = loss
    self.probability = probability
  }

  /// Adds another part's sums.
  package static func += (sums: inout LossSums, part: LossSums) {
    sums.loss += part.loss
    sums.probability += part.probability
  }
}

/// What D and G minimise. x is D's logit, s the sigmoid, t a target, CE(x, t) = -t log s(x) - (1 - t) log(1 - s(x)).
package enum LossKind: String, Codable, CaseIterable, Equatable, Sendable {
  /// CE for D, and for G too, whose target is the one for reals (Goodfellow et al. 2014, section 3).
  case nonSaturating
  /// CE for D; G minimises log(1 - s(x)), the minimax game itself (ibid., equation 1).
  case saturating
  /// max(0, 1 - x) for reals, max(0, 1 + x) for fakes, -x for G (Lim and Ye 2017; Miyato et al. 2018, equations
  /// 16 and 17). There is no target.
  case hinge
  /// (x - t)^2 / 2 for both (Mao et al. 2017, equation 9); the logit itself is compared, without a sigmoid.
  case leastSquares

  /// Whether the loss of `side` depends on a target.
  package func hasTarget(_ side: LossSide) -> Bool {
    switch self {
    case .nonSaturating, .leastSquares: true
    case .saturating: side != .generator
    case .hinge: false
    }
  }

  /// The sum of the losses of `count` logits of `side` against `target`, which is used only where
  /// `hasTarget(side)`. Writes to `gradient` the gradient of the mean over `batch` samples, where `batch`
  /// is the global batch, not `count`. A logit that is not finite gives a loss that is not finite.
  package func evaluate(
    _ logits: UnsafePointer<Float>, count: Int, as side: LossSide, target: Double, batch: Int,
    gradient: UnsafeMutablePointer<Float>
  ) -> LossSums {
    switch self {
    case .nonSaturating, .saturating:
      if hasTarget(side) {
        return SigmoidCrossEntropy.evaluate(
          logits, count: count, target: target, batch: batch, gradient: gradient)
      }
      return SigmoidCrossEntropy.saturating(logits, count: count, batch: batch, gradient: gradient)
    case .hinge:
      return evaluate(logits, count, batch, gradient) { HingeLoss.at($0, side) }
    case .leastSquares:
      return evaluate(logits, count, batch, gradient) { LeastSquaresLoss.at($0, target: target) }
    }
  }

  /// Adds up a loss given by its value and slope at a logit.
  private func evaluate(
    _ logits: UnsafePointer<Float>, _ count: Int, _ batch: Int, _ gradient: UnsafeMutablePointer<Float>,
    _ loss: (Double) -> LossPoint
  ) -> LossSums {
    // The sum of D's opinions is the same for every loss. The gradient that is written with it is
    // overwritten below.
    var sums = SigmoidCrossEntropy.evaluate(logits, count: count, target: 0, batch: batch, gradient: gradient)
    sums.loss = 0
    let scale = 1 / Double(batch)
    for i in 0..<count {
      let x = Double(logits[i])
      let point = loss(x)
      // x - x is 0, or NaN where x is not finite. Without it, a hinge would hide such a logit.
      sums.loss += point.value + (x - x)
      gradient[i] = Float(point.slope * scale)
    }
    return sums
  }
}

/// A loss at one logit, and its derivative there.
struct LossPoint {
  var value: Double
  var slope: Double
}

/// The hinge loss.
enum HingeLoss {
  /// At the kink the slope is 0, as PyTorch's relu has it.
  static func at(_ x: Double, _ side: LossSide) -> LossPoint {
    switch side {
    case .real: 1 - x > 0 ? LossPoint(value: 1 - x, slope: -1) : LossPoint(value: 0, slope: 0)
    case .fake: 1 + x > 0 ? LossPoint(value: 1 + x, slope: 1) : LossPoint(value: 0, slope: 0)
    case .generator: LossPoint(value: -x, slope: -1)
    }
  }
}

/// The least-squares loss.
enum LeastSquaresLoss {
  /// Half the squared distance from the target.
  static func at(_ x: Double, target: Double) -> LossPoint {
    LossPoint(value: 0.5 * (x - target) * (x - target), slope: x - target)
  }
}
