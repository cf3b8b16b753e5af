import Tensors

/// The target that a logit is compared with: one number for all samples, or a number that is drawn for each
/// sample from U[lower, upper), `[0.9, 1]` in JSON (soft labels; Salimans et al. 2016, section 3.4, smooth
/// with one number).
package struct LabelTarget: Equatable, Sendable {
  /// The smallest.
  package var lower: Double
  /// The largest; `lower` where every sample has the same.
  package var upper: Double

  /// The same target for every sample.
  package init(_ value: Double) { self.init(from: value, to: value) }

  /// A target for each sample, at least `lower` and below `upper`.
  package init(from lower: Double, to upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Whether samples have targets of their own.
  package var isDrawn: Bool { lower != upper }
}

extension LabelTarget: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// The same target for every sample.
  package init(floatLiteral value: Double) { self.init(value) }
  /// The same target for every sample.
  package init(integerLiteral value: Int) { self.init(Double(value)) }
}

/// How targets are smoothed, the same way for all samples: a target y is replaced by the formula of `rule`,
/// where s is `amount`.
package struct LabelSmoothing: Equatable, Sendable {
  /// The formula.
  package enum Rule: String, Codable, CaseIterable, Sendable {
    /// y (1 - s): 1 becomes 1 - s, and 0 stays (one-sided; Salimans et al. 2016, section 3.4).
    case oneSided
    /// y (1 - s) + s / 2: 1 becomes 1 - s/2, and 0 s/2, as TensorFlow and Keras have it.
    case twoSided
  }

  /// Whose targets are smoothed.
  package enum Scope: String, Codable, CaseIterable, Sendable {
    /// Real pictures'.
    case reals
    /// Real and generated pictures', in D's updates.
    case discriminator
    /// The generator's too.
    case all
  }

  /// s, from 0 (no smoothing) to 1.
  package var amount: Double
  /// The formula.
  package var rule: Rule
  /// Whose targets are smoothed.
  package var scope: Scope

  /// Creates a rule from its parts; the default smoothes nothing.
  package init(amount: Double = 0, rule: Rule = .oneSided, scope: Scope = .reals) {
    self.amount = amount
    self.rule = rule
    self.scope = scope
  }

  /// Target `y` of `side` after smoothing; `y` itself where `scope` leaves the side out.
  package func smoothed(_ y: Double, _ side: LossSide) -> Double {
    let applies =
      switch (scope, side) {
      case (_, .real), (.discriminator, .fake), (.all, _): true
      default: false
      }
    guard applies, amount != 0 else { return y }
    return switch rule {
    case .oneSided: y * (1 - amount)
    // y (1 - s) + s/2, in the form that gives exactly 0.95 and 0.05 for s = 0.1.
    case .twoSided: y + amount * (0.5 - y)
    }
  }
}

/// The side and the target that one sample's loss is computed with.
package struct Label: Equatable, Sendable {
  /// The side of the sample, or the other side where D's label was flipped.
  package var side: LossSide
  /// The target.
  package var target: Double
}

extension LossSettings {
  /// Whether a sample of `side` has a label of its own, drawn from its random stream.
  package func drawsLabels(_ side: LossSide) -> Bool {
    (side != .generator && flipProbability > 0) || (kind.hasTarget(side) && target(side).isDrawn)
  }

  /// The label of a sample of `side`. Element 0 of `stream` decides whether it is flipped, element 1 where
  /// the target lies in its range.
  package func label(_ side: LossSide, _ stream: RandomStream) -> Label {
    var side = side
    if side != .generator, flipProbability > 0, Double(stream.uniform(0)) < flipProbability {
      side = side == .real ? .fake : .real
    }
    return fixedLabel(side, at: target(side).isDrawn ? Double(stream.uniform(1)) : 0)
  }

  /// The label whose target lies at `place`, from 0 to 1, of its range.
  func fixedLabel(_ side: LossSide, at place: Double = 0) -> Label {
    let range = target(side)
    let y = range.isDrawn ? range.lower + (range.upper - range.lower) * place : range.lower
    return Label(side: side, target: smoothing.smoothed(y, side))
  }
}
