import Configuration
import Foundation

/// How often checkpoints are written: every so many steps, after so much time, or both: then whichever comes first.
package struct CheckpointInterval: Equatable, Sendable, CustomStringConvertible {
  /// By steps or epochs; `.steps(0)` is never.
  package var steps: Interval
  /// Seconds of training since the newest checkpoint; nil: time does not matter.
  package var seconds: Double?

  /// An interval from its parts.
  package init(steps: Interval, seconds: Double? = nil) {
    self.steps = steps
    self.seconds = seconds
  }

  /// The time that a preset's interval by steps is completed with, so that a kill never costs more than minutes.
  package static let usualSeconds = 300.0

  /// Where time matters, a run's first checkpoint comes after so many seconds at the latest, so that a person can soon
  /// make pictures by `generate`.
  package static let firstSeconds = 60.0

  /// Whether a checkpoint is due after so many seconds without one.
  /// - Parameter isFirst: whether the run has no checkpoint yet.
  package func isDue(after passed: Double, isFirst: Bool) -> Bool {
    guard let seconds else { return false }
    return passed >= (isFirst ? min(seconds, Self.firstSeconds) : seconds)
  }

  /// What a person may write.
  package static let form =
    "a number of steps (0 is never), 'epoch', a time as 10min (s, min, h), or two as 500,10min"

  /// Reads `500`, `epoch`, `10min`, or steps and time as `500,10min`; nil for any other text.
  package init?(_ text: String) {
    var (steps, seconds): (Interval?, Double?) = (nil, nil)
    for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if steps == nil, let interval = Interval(part) {
        steps = interval
      } else if seconds == nil, let time = Self.time(part) {
        seconds = time
      } else {
        return nil
      }
    }
    self.init(steps: steps ?? .steps(0), seconds: seconds)
  }

  private static let units: [(name: String, seconds: Double)] = [("h", 3600), ("min", 60), ("s", 1)]

  /// Seconds of a time as `90s`, `10min` or `1.5h`; nil for any other text, and for a time that is not at least a second.
  private static func time(_ text: String) -> Double? {
    guard let unit = units.first(where: { text.hasSuffix($0.name) }),
      case let digits = text.dropLast(unit.name.count),
      digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), let number = Double(digits)
    else { return nil }
    let seconds = number * unit.seconds
    return (1...1e9).contains(seconds) ? seconds : nil
  }

  /// The shortest text that `init(_:)` reads as this interval.
  package var description: String {
    guard let seconds else { return "\(steps)" }
    let unit = Self.units.first { seconds.truncatingRemainder(dividingBy: $0.seconds) == 0 } ?? ("s", 1)
    let time = ConfigurationValue.real(seconds / unit.seconds).json(width: .max) + unit.name
    return steps == .steps(0) ? time : "\(steps),\(time)"
  }

  /// The number of steps, or a text.
  package var configuration: ConfigurationValue {
    seconds == nil ? steps.configuration : .string(description)
  }

  /// Reads what `configuration` gives; errors name it by `path`.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    let text: String? =
      switch configuration {
      case .integer(let steps): "\(steps)"
      case .string(let text): text
      default: nil
      }
    guard let interval = text.flatMap(Self.init) else {
      throw ConfigurationError("\(path) must be \(Self.form), and is \(configuration.inWords)")
    }
    self = interval
  }
}
