import Configuration

/// When a run ends: at the first that is reached of those that are given. At least one is.
package struct RunLength: SettingsGroup {
  /// Passes over the data, also a part of one.
  package var epochs: Double?
  /// The step, counted from the run's start, after which it ends.
  package var steps: Int?
  /// Training time, resumes included.
  package var minutes: Double?

  /// No length.
  package init() {}

  /// Creates a length from its parts.
  package init(epochs: Double? = nil, steps: Int? = nil, minutes: Double? = nil) {
    self.epochs = epochs
    self.steps = steps
    self.minutes = minutes
  }

  /// Its options: one that is given replaces all three.
  package static let keys: [SettingKey<RunLength>] = [
    .number("epochs", \.epochs, what: "a number above 0") { $0.isFinite && $0 > 0 },
    .whole("steps", \.steps, in: 1...Int(UInt32.max)),
    .number("minutes", \.minutes, what: "a number above 0") { $0.isFinite && $0 > 0 },
  ]
  /// One that is given replaces all three.
  package static let isReplacedWhole = true

  /// The last step, as far as epochs and steps tell it; nil if only minutes do.
  /// - Parameter stepsPerEpoch: how many steps an epoch has, a fraction where pictures are drawn with
  ///   replacement.
  package func lastStep(stepsPerEpoch: Double) -> Int? {
    let byEpochs = epochs.map { Int(min(($0 * stepsPerEpoch).rounded(.up), Double(UInt32.max))) }
    return [byEpochs, steps].compactMap { $0 }.min()
  }
}

/// How often something is done.
package enum Interval: Equatable, Sendable, CustomStringConvertible {
  /// After every so many steps; 0 is never.
  case steps(Int)
  /// At the end of every epoch.
  case epoch

  /// Reads `200` or `epoch`; nil for anything else.
  package init?(_ text: String) {
    if text == "epoch" {
      self = .epoch
    } else if let steps = Int(text), steps >= 0, steps <= Int(UInt32.max) {
      self = .steps(steps)
    } else {
      return nil
    }
  }

  /// `200` or `epoch`.
  package var description: String {
    switch self {
    case .steps(let steps): "\(steps)"
    case .epoch: "epoch"
    }
  }

  /// Whether it is due once `step` steps are done; an epoch ends with the step in which its last picture is
  /// used.
  /// - Parameter stepsPerEpoch: how many steps an epoch has, a fraction where pictures are drawn with
  ///   replacement.
  package func isDue(afterStep step: Int, stepsPerEpoch: Double) -> Bool {
    switch self {
    case .steps(let every): every > 0 && step > 0 && step % every == 0
    case .epoch:
      step > 0
        && (Double(step) / stepsPerEpoch).rounded(.down) > (Double(step - 1) / stepsPerEpoch).rounded(.down)
    }
  }

  package var configuration: ConfigurationValue {
    switch self {
    case .steps(let steps): .integer(steps)
    case .epoch: .string("epoch")
    }
  }

  package init(configuration: ConfigurationValue, path: String) throws {
    let text: String? =
      switch configuration {
      case .integer(let steps): "\(steps)"
      case .string(let text): text
      default: nil
      }
    guard let interval = text.flatMap(Interval.init) else {
      throw ConfigurationError(
        "\(path) must be a number of steps (0 is never) or \"epoch\", and is \(configuration.inWords)")
    }
    self = interval
  }
}

extension Recipe {
  /// How many steps an epoch over `pictures` pictures has.
  ///
  /// A fraction where they are drawn with replacement, as an epoch is then as many pictures as there are;
  /// else a last batch that they do not fill is dropped, kept or filled up, as `sampling` says. 0 where they
  /// fill no batch.
  package func stepsPerEpoch(pictures: Int) -> Double {
    let draws = Double(max(1, drawsPerStep))
    if sampling.withReplacement { return Double(pictures) / Double(batchSize) / draws }
    switch sampling.lastBatch {
    case .drop: return Double(pictures / batchSize) / draws
    case .keep, .wrap: return Double((pictures + batchSize - 1) / batchSize) / draws
    }
  }
}
