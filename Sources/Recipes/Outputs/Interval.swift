import Configuration

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

  /// Whether something with this interval is due after `step` steps.
  package func isDue(afterStep step: Int, _ count: EpochCount) -> Bool {
    switch self {
    case .steps(let every): every > 0 && step > 0 && step % every == 0
    case .epoch: count.endsPass(atStep: step)
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
