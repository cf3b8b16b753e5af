import Configuration

/// When a run ends: when the first of the given limits is reached. At least one is given; nil is no limit.
package struct RunLength: SettingsGroup, Codable {
  /// Passes over the data; may have a fraction.
  package var epochs: Double?
  /// The step, counted from the run's start, after which the run ends.
  package var steps: Int?
  /// Minutes of training, the time before a resume included.
  package var minutes: Double?

  /// No limit.
  package init() {}

  /// Creates a length from its parts.
  package init(epochs: Double? = nil, steps: Int? = nil, minutes: Double? = nil) {
    self.epochs = epochs
    self.steps = steps
    self.minutes = minutes
  }

  /// The table of the options.
  package static let keys: [SettingKey<RunLength>] = [
    .number("epochs", \.epochs, what: "a number above 0") { $0.isFinite && $0 > 0 },
    .whole("steps", \.steps, in: 1...Int(UInt32.max)),
    .number("minutes", \.minutes, what: "a number above 0") { $0.isFinite && $0 > 0 },
  ]
  /// True: an option that is given replaces all three.
  package static let isReplacedWhole = true

  /// The last step by the limits of epochs and steps; nil if there is neither.
  /// - Parameter stepsPerEpoch: how many steps an epoch has (``Recipe/stepsPerEpoch(pictures:)``).
  package func lastStep(stepsPerEpoch: Double) -> Int? {
    let byEpochs = epochs.map { Int(min(($0 * stepsPerEpoch).rounded(.up), Double(UInt32.max))) }
    return [byEpochs, steps].compactMap { $0 }.min()
  }
}

/// How often something is done.
package enum Interval: Equatable, Sendable, CustomStringConvertible {
  /// Each time that this many steps are done; 0 is never.
  case steps(Int)
  /// At the end of every epoch.
  case epoch

  /// Reads `200` or `epoch`; nil for any other text.
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

  /// Whether something with this interval is due after `step` steps. An epoch ends with the step in which its last
  /// picture is used.
  /// - Parameter stepsPerEpoch: how many steps an epoch has (``Recipe/stepsPerEpoch(pictures:)``).
  package func isDue(afterStep step: Int, stepsPerEpoch: Double) -> Bool {
    switch self {
    case .steps(let every): every > 0 && step > 0 && step % every == 0
    case .epoch:
      step > 0
        && (Double(step) / stepsPerEpoch).rounded(.down) > (Double(step - 1) / stepsPerEpoch).rounded(.down)
    }
  }

  /// The number of steps, or the text `epoch`.
  package var configuration: ConfigurationValue {
    switch self {
    case .steps(let steps): .integer(steps)
    case .epoch: .string("epoch")
    }
  }

  /// Reads a number of steps or the text `epoch`; errors name it by `path`.
  /// - Throws: `ConfigurationError`.
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
  /// If pictures are drawn with replacement, an epoch is as many drawn pictures as the data has, so the number may
  /// have a fraction. Otherwise the last batch, if it is not full, is dropped, kept or filled up, as `sampling`
  /// says. The number also has a fraction if a step takes several batches that do not divide the epoch's. It is 0
  /// if the pictures do not fill a batch and the last batch is dropped.
  package func stepsPerEpoch(pictures: Int) -> Double {
    let draws = Double(max(1, drawsPerStep))
    if sampling.withReplacement { return Double(pictures) / Double(batchSize) / draws }
    switch sampling.lastBatch {
    case .drop: return Double(pictures / batchSize) / draws
    case .keep, .wrap: return Double((pictures + batchSize - 1) / batchSize) / draws
    }
  }
}
