import Configuration
import Objectives

extension RateSchedule: ConfigurationConvertible {
  /// Reads a schedule strictly; what is left out is a constant rate without a warm-up.
  /// - Throws: `ConfigurationError`, also where a form lacks what it needs.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let steps = 1...Int(UInt32.max)
    let reader = try ConfigurationReader(
      configuration, path: path, known: ["kind", "warmup", "until", "end", "every", "gamma"])
    if let value = try reader.choiceIfPresent("kind", as: Kind.self) { kind = value }
    if let value = try reader.integerIfPresent("warmup", in: 0...Int(UInt32.max)) { warmup = value }
    until = try reader.integerIfPresent("until", in: steps)
    if let value = try reader.numberIfPresent("end") { end = value }
    every = try reader.integerIfPresent("every", in: steps)
    if let value = try reader.numberIfPresent("gamma") { gamma = value }
    for (key, value) in [("end", end), ("gamma", gamma)] where !(0...1).contains(value) {
      throw reader.wrong(key, .real(value), "a factor from 0 to 1")
    }
    switch kind {
    case .constant: break
    case .linear, .cosine:
      guard let until, until > warmup else {
        throw ConfigurationError(
          "\(path).kind is \(kind.rawValue), which ends at the step \(reader.path(of: "until")): give one after the "
            + "warm-up's \(warmup)")
      }
    case .steps:
      guard every != nil else {
        throw ConfigurationError(
          "\(path).kind is steps, which changes the rate every \(reader.path(of: "every")) steps: give that number"
        )
      }
    }
  }

  /// The schedule as it stands in JSON, every value written.
  package var configuration: ConfigurationValue {
    .object([
      .init("kind", .string(kind.rawValue)), .init("warmup", .integer(warmup)),
      .init("until", until.map(ConfigurationValue.integer) ?? .null), .init("end", .real(end)),
      .init("every", every.map(ConfigurationValue.integer) ?? .null), .init("gamma", .real(gamma)),
    ])
  }
}
