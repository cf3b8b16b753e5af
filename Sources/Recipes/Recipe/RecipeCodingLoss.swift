import Configuration
import Objectives

extension LossSettings: ConfigurationConvertible {
  private typealias TargetKey = (
    key: String, side: LossSide, path: WritableKeyPath<Self, LabelTarget> & Sendable
  )
  private static let targetKeys: [TargetKey] = [
    ("real_target", .real, \.realTarget), ("fake_target", .fake, \.fakeTarget),
    ("generator_target", .generator, \.generatorTarget),
  ]

  /// Reads the loss strictly; the defaults are the non-saturating loss and hard targets.
  /// - Throws: `ConfigurationError`, also for a target that the kind of loss does not have.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(
      configuration, path: path,
      known: ["kind"] + Self.targetKeys.map(\.key) + ["smoothing", "flip_probability"])
    if let value = try reader.choiceIfPresent("kind", as: LossKind.self) { kind = value }
    let hard = Self()
    for (key, side, target) in Self.targetKeys {
      guard let value = try reader.value(key).map({ try LabelTarget(configuration: $0, reader, key) }) else {
        continue
      }
      guard kind.hasTarget(side) || value == hard[keyPath: target] else {
        throw ConfigurationError(
          "\(reader.path(of: key)) is \(value.configuration.inWords), but \(kind.inWords(side)) has no target: "
            + "leave it out")
      }
      for end in [value.lower, value.upper] where !kind.targets.contains(end) {
        throw reader.wrong(key, .real(end), kind.targetsInWords)
      }
      self[keyPath: target] = value
    }
    if let value = reader.value("smoothing") {
      smoothing = try .init(configuration: value, path: reader.path(of: "smoothing"))
      guard smoothing.amount == 0 || kind.hasTarget(.real) else {
        throw ConfigurationError(
          "\(reader.path(of: "smoothing")).amount is \(ConfigurationValue.real(smoothing.amount).inWords), "
            + "but \(kind.inWords(.real)) has no targets to smooth: leave it out")
      }
    }
    if let value = try reader.numberIfPresent("flip_probability") { flipProbability = value }
    guard (0...1).contains(flipProbability) else {
      throw reader.wrong("flip_probability", .real(flipProbability), "a probability from 0 to 1")
    }
  }

  /// The loss as in JSON, with every value.
  package var configuration: ConfigurationValue {
    .object(
      [.init("kind", .string(kind.rawValue))]
        + Self.targetKeys.map { .init($0.key, self[keyPath: $0.path].configuration) }
        + [
          .init("smoothing", smoothing.configuration), .init("flip_probability", .real(flipProbability)),
        ])
  }
}

extension LabelTarget {
  /// Reads 0.9 or [0.9, 1].
  fileprivate init(configuration: ConfigurationValue, _ reader: ConfigurationReader, _ key: String) throws {
    guard case .array(let ends) = configuration else {
      self.init(try reader.number(key))
      return
    }
    let numbers = ends.compactMap { end -> Double? in
      switch end {
      case .integer(let whole): Double(whole)
      case .number(let real): real
      default: nil
      }
    }
    guard ends.count == 2, numbers.count == 2, numbers[0] <= numbers[1] else {
      throw ConfigurationError(
        "\(reader.path(of: key)) must be a number, or a list of two, the lower first, such as [0.9, 1]")
    }
    self.init(from: numbers[0], to: numbers[1])
  }

  /// The target as in JSON.
  fileprivate var configuration: ConfigurationValue {
    isDrawn ? .array([.real(lower), .real(upper)]) : .real(lower)
  }
}

extension LabelSmoothing: ConfigurationConvertible {
  /// Reads the rule strictly; a key that is left out has its default, which is no smoothing.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(configuration, path: path, known: ["amount", "rule", "scope"])
    if let value = try reader.numberIfPresent("amount") { amount = value }
    if let value = try reader.choiceIfPresent("rule", as: Rule.self) { rule = value }
    if let value = try reader.choiceIfPresent("scope", as: Scope.self) { scope = value }
    guard (0...1).contains(amount) else {
      throw reader.wrong("amount", .real(amount), "a number from 0 to 1")
    }
  }

  /// The rule as in JSON, with every value.
  package var configuration: ConfigurationValue {
    .object([
      .init("amount", .real(amount)), .init("rule", .string(rule.rawValue)),
      .init("scope", .string(scope.rawValue)),
    ])
  }
}

extension LossKind {
  /// The range of targets. A target is a probability; the least-squares loss compares it with the logit itself, and its
  /// paper has targets down to -1.
  fileprivate var targets: ClosedRange<Double> { self == .leastSquares ? -1...1 : 0...1 }

  fileprivate var targetsInWords: String {
    self == .leastSquares ? "a number from -1 to 1" : "a probability from 0 to 1"
  }

  /// The words for the loss of a side, for an error.
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
