import Tensors

/// The loss that D and G minimise, and the labels that D is given for pictures.
package struct LossSettings: Equatable, Sendable {
  /// The formula.
  package var kind: LossKind
  /// D's target for real pictures, before smoothing.
  package var realTarget: LabelTarget
  /// D's target for generated pictures, before smoothing.
  package var fakeTarget: LabelTarget
  /// The target of D's logits in an update of G, before smoothing.
  package var generatorTarget: LabelTarget
  /// How targets are softened.
  package var smoothing: LabelSmoothing
  /// The probability that a sample of an update of D is given the label of the other side.
  package var flipProbability: Double

  /// Creates settings from their parts; the defaults are hard labels and the non-saturating generator loss.
  package init(
    kind: LossKind = .nonSaturating, realTarget: LabelTarget = 1, fakeTarget: LabelTarget = 0,
    generatorTarget: LabelTarget = 1, smoothing: LabelSmoothing = .init(), flipProbability: Double = 0
  ) {
    self.kind = kind
    self.realTarget = realTarget
    self.fakeTarget = fakeTarget
    self.generatorTarget = generatorTarget
    self.smoothing = smoothing
    self.flipProbability = flipProbability
  }

  /// The target of a logit of `side`, before smoothing.
  package func target(_ side: LossSide) -> LabelTarget {
    switch side {
    case .real: realTarget
    case .fake: fakeTarget
    case .generator: generatorTarget
    }
  }

  /// The sum of the losses of `count` logits of `side`, each against its own label; see
  /// `LossKind.evaluate`.
  /// - Parameter stream: gives the random stream of the sample of logit i; called only where labels are
  ///   drawn.
  package func evaluate(
    _ logits: UnsafePointer<Float>, count: Int, as side: LossSide, batch: Int,
    gradient: UnsafeMutablePointer<Float>, stream: (_ i: Int) -> RandomStream
  ) -> LossSums {
    guard drawsLabels(side) else {
      let label = fixedLabel(side)
      return kind.evaluate(
        logits, count: count, as: side, target: label.target, batch: batch, gradient: gradient)
    }
    var sums = LossSums()
    for i in 0..<count {
      let label = label(side, stream(i))
      sums += kind.evaluate(
        logits + i, count: 1, as: label.side, target: label.target, batch: batch, gradient: gradient + i)
    }
    return sums
  }
}
