import Networks
import Objectives

extension LossSettings: ConfigurationConvertible {
  private static let targetKeys:
    [(key: String, side: LossSide, path: WritableKeyPath<Self, Double> & Sendable)] =
      [
        ("realTarget", .real, \.realTarget), ("fakeTarget", .fake, \.fakeTarget),
        ("generatorTarget", .generator, \.generatorTarget),
      ]

  /// Reads the loss strictly; what is left out is non-saturating with hard targets.
  /// - Throws: `ConfigurationError`, also for a target that the kind of loss does not have.
  public init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(
      configuration, path: path, known: ["kind"] + Self.targetKeys.map(\.key))
    if let value = try reader.choiceIfPresent("kind", as: LossKind.self) { kind = value }
    let hard = Self()
    for (key, side, target) in Self.targetKeys {
      guard let value = try reader.numberIfPresent(key) else { continue }
      guard kind.hasTarget(side) || value == hard[keyPath: target] else {
        throw ConfigurationError(
          "\(reader.path(of: key)) is \(ConfigurationValue.real(value).inWords), but \(kind.inWords(side)) has no target: leave it out"
        )
      }
      guard kind.targets.contains(value) else {
        throw reader.wrong(key, .real(value), kind.targetsInWords)
      }
      self[keyPath: target] = value
    }
  }

  /// The loss as it stands in JSON.
  public var configuration: ConfigurationValue {
    .object(
      [.init("kind", .string(kind.rawValue))]
        + Self.targetKeys.map { .init($0.key, .real(self[keyPath: $0.path])) })
  }
}

extension LossKind {
  /// What targets may be: probabilities, or where squares are compared with the logit itself, the codes that
  /// the paper of least squares gives, -1 included.
  fileprivate var targets: ClosedRange<Double> { self == .leastSquares ? -1...1 : 0...1 }

  fileprivate var targetsInWords: String {
    self == .leastSquares ? "a number from -1 to 1" : "a probability from 0 to 1"
  }

  /// The loss of a side, for an error.
  fileprivate func inWords(_ side: LossSide) -> String {
    switch self {
    case .hinge: "the hinge loss"
    case .saturating where side == .generator: "the saturating loss of the generator"
    case .saturating: "the saturating loss"
    case .nonSaturating: "the non-saturating loss"
    case .leastSquares: "the least-squares loss"
    }
  }
}
