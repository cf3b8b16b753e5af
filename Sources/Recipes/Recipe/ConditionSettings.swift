import Configuration
import Networks

/// How labels and codes are trained; not used by networks without them.
package struct ConditionSettings: Equatable, Sendable {
  /// Whether D also learns to reject real pictures with wrong labels, whose target is that of fakes. D's loss on
  /// fakes is then the mean over the fakes and these pictures (GAN-CLS; Reed et al. 2016, algorithm 1).
  package var wrongLabels: Bool
  /// The weight of a further term of G's loss, for pictures of conditions between two labels, beta c1 + (1 - beta) c2;
  /// 0: there is no such term (GAN-INT; Reed et al. 2016, equation 5).
  package var interpolation: Double
  /// beta, the share of the first label in such a condition, 0 to 1.
  package var beta: Double
  /// lambda: the weight of the codes' log-likelihood in G's and Q's loss (Chen et al. 2016, equation 6).
  package var codeWeight: Double
  /// The weight of the classes' log-likelihood in D's and G's loss (Odena, Olah and Shlens 2017, section 3).
  package var classWeight: Double

  /// Creates settings from their parts.
  package init(
    wrongLabels: Bool = false, interpolation: Double = 0, beta: Double = 0.5, codeWeight: Double = 1,
    classWeight: Double = 1
  ) {
    self.wrongLabels = wrongLabels
    self.interpolation = interpolation
    self.beta = beta
    self.codeWeight = codeWeight
    self.classWeight = classWeight
  }
}

extension ConditionSettings: ConfigurationConvertible {
  private static let numbers: [(key: String, path: WritableKeyPath<Self, Double> & Sendable, most: Double)] =
    [
      ("interpolation", \.interpolation, 1_000), ("beta", \.beta, 1), ("code_weight", \.codeWeight, 1_000),
      ("class_weight", \.classWeight, 1_000),
    ]

  /// Reads the settings strictly; a key that is left out has its default.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(
      configuration, path: path, known: ["wrong_labels"] + Self.numbers.map(\.key))
    if let value = try reader.boolIfPresent("wrong_labels") { wrongLabels = value }
    for (key, path, most) in Self.numbers {
      guard let value = try reader.numberIfPresent(key) else { continue }
      guard value >= 0, value <= most else {
        throw reader.wrong(key, .real(value), "a number from 0 to \(Int(most))")
      }
      self[keyPath: path] = value
    }
  }

  /// The settings as in JSON, with every value.
  package var configuration: ConfigurationValue {
    .object(
      [.init("wrong_labels", .bool(wrongLabels))]
        + Self.numbers.map { .init($0.key, .real(self[keyPath: $0.path])) })
  }
}

extension Recipe {
  /// Checks that the networks have the labels that the recipe needs, and that the schedule fits them.
  /// - Throws: `ConfigurationError`.
  package func validate(for architecture: Architecture) throws {
    let hasPlanes = architecture.planes > 0
    if conditions.wrongLabels {
      guard hasPlanes else {
        throw ConfigurationError(
          "conditions.wrong_labels needs networks whose discriminator is told the labels, and \(architecture.name)'s is not: "
            + "take a preset such as cgan28 or cdcgan64")
      }
      guard architecture.conditions?.groups.contains(where: { $0.classes.count > 1 }) == true else {
        throw ConfigurationError(
          "conditions.wrong_labels needs a group of at least two classes, and each has one")
      }
      for update in stepPlan.discriminatorUpdates
      where !update.passes.contains(where: { $0.pictures == .realsWithWrongLabels }) {
        throw ConfigurationError(
          "conditions.wrong_labels shares the fake side of an update with the fakes, so each update of the discriminator "
            + "must take both reals and fakes, and schedule has one that does not")
      }
    }
    if conditions.interpolation > 0, architecture.conditions == nil {
      throw ConfigurationError(
        "conditions.interpolation needs networks that take labels, and \(architecture.name) takes none: take a preset such "
          + "as cgan28 or cdcgan64")
    }
    if architecture.conditions != nil, !drawsRealsFirst {
      throw ConfigurationError(
        "the schedule makes fakes before it has drawn reals, but \(architecture.name) takes the fakes' labels from the "
          + "reals of the step: let the first update draw reals")
    }
  }

  /// Whether each step's first update draws reals.
  private var drawsRealsFirst: Bool {
    if case .discriminator(let first)? = stepPlan.updates.first { first.takesNewReals } else { false }
  }
}
