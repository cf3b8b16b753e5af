/// What D and G minimise, and what D is told of the pictures.
public struct LossSettings: Equatable, Sendable {
  /// The formula.
  public var kind: LossKind
  /// D's target for real pictures.
  public var realTarget: Double
  /// D's target for generated pictures.
  public var fakeTarget: Double
  /// D's output that G's update asks for.
  public var generatorTarget: Double

  /// Creates settings from their parts; the defaults are hard labels and the non-saturating generator loss.
  public init(
    kind: LossKind = .nonSaturating, realTarget: Double = 1, fakeTarget: Double = 0,
    generatorTarget: Double = 1
  ) {
    self.kind = kind
    self.realTarget = realTarget
    self.fakeTarget = fakeTarget
    self.generatorTarget = generatorTarget
  }

  /// What a logit of `side` is compared with.
  public func target(_ side: LossSide) -> Double {
    switch side {
    case .real: realTarget
    case .fake: fakeTarget
    case .generator: generatorTarget
    }
  }

  /// The loss of `count` logits of `side`; see `LossKind.evaluate`.
  public func evaluate(
    _ logits: UnsafePointer<Float>, count: Int, as side: LossSide, batch: Int,
    gradient: UnsafeMutablePointer<Float>
  ) -> LossSums {
    kind.evaluate(logits, count: count, as: side, target: target(side), batch: batch, gradient: gradient)
  }
}
