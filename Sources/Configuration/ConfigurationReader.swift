import Wording

/// Reads the members of one object strictly: every key must be known, and every value must have the right type.
///
/// Errors name a value by its path ("generator.0.kernel") and say what the value is and what it must be.
package struct ConfigurationReader {
  private let members: [ConfigurationValue.Member]
  private let path: String
  private let subject: String

  /// Reads `value` as an object.
  /// - Parameters:
  ///   - path: the path of the object, for errors; empty for the outermost object.
  ///   - kind: what the object is, for errors; nil if the path alone says so.
  ///   - known: the keys that the object may have, in any casing (Note [Casing of keys]).
  /// - Throws: `ConfigurationError` if `value` is not an object, or has a key twice or an unknown key; the error then
  ///   names the nearest known keys.
  package init(_ value: ConfigurationValue, path: String, kind: String? = nil, known: [String]) throws {
    let place = path.isEmpty ? "the outermost object" : path
    subject = kind.map { "\(place) (\($0))" } ?? place
    self.path = path
    guard case .object(let members) = value else {
      throw ConfigurationError(
        "\(subject) must be an object with \(listed(known, with: "and")), and is \(value.inWords)")
    }
    self.members = members.map { known.contains($0.key) ? $0 : .init($0.key.inSnakeCase, $0.value) }
    for (given, member) in zip(members, self.members) {
      guard known.contains(member.key) else {
        throw ConfigurationError(
          "\(subject) has an unknown key \"\(given.key)\"; \(suggestion(for: member.key, in: known))")
      }
      guard self.members.filter({ $0.key == member.key }).count == 1 else {
        throw ConfigurationError.twice(member.key)
      }
    }
  }

  /// The path of a member.
  package func path(of key: String) -> String { path.isEmpty ? key : path + "." + key }

  /// The value of `key`; nil if it is absent or null.
  package func value(_ key: String) -> ConfigurationValue? {
    guard let value = members.first(where: { $0.key == key })?.value, value != .null else { return nil }
    return value
  }

  /// The value of `key`, which must be there.
  /// - Throws: `ConfigurationError` if it is not.
  package func required(_ key: String) throws -> ConfigurationValue {
    guard let value = value(key) else { throw ConfigurationError("\(subject) lacks \"\(key)\"") }
    return value
  }

  /// A whole number within `range`, which must be there.
  /// - Throws: `ConfigurationError`.
  package func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
    try Self.integer(required(key), path: path(of: key), in: range)
  }

  /// A whole number within `range`; nil if it is absent.
  /// - Throws: `ConfigurationError`.
  package func integerIfPresent(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    try value(key).map { try Self.integer($0, path: path(of: key), in: range) }
  }

  /// A finite number; nil if it is absent.
  /// - Throws: `ConfigurationError`.
  package func numberIfPresent(_ key: String) throws -> Double? {
    guard let value = value(key) else { return nil }
    switch value {
    case .integer(let whole): return Double(whole)
    case .number(let real) where real.isFinite: return real
    default: throw wrong(key, value, "a number")
    }
  }

  /// A finite number, which must be there.
  /// - Throws: `ConfigurationError`.
  package func number(_ key: String) throws -> Double {
    _ = try required(key)
    return try numberIfPresent(key) ?? 0
  }

  /// true or false; nil if it is absent.
  /// - Throws: `ConfigurationError`.
  package func boolIfPresent(_ key: String) throws -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .bool(let bool) = value else { throw wrong(key, value, "true or false") }
    return bool
  }

  /// true or false, which must be there.
  /// - Throws: `ConfigurationError`.
  package func bool(_ key: String) throws -> Bool {
    _ = try required(key)
    return try boolIfPresent(key) ?? false
  }

  /// Text; nil if it is absent.
  /// - Throws: `ConfigurationError`.
  package func stringIfPresent(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else { throw wrong(key, value, "text") }
    return text
  }

  /// Text, which must be there.
  /// - Throws: `ConfigurationError`.
  package func string(_ key: String) throws -> String {
    _ = try required(key)
    return try stringIfPresent(key) ?? ""
  }

  /// One of the cases of an enumeration, by its raw value; nil if it is absent.
  /// - Throws: `ConfigurationError` that lists the cases.
  package func choiceIfPresent<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, as: Choice.Type
  )
    throws
    -> Choice?
  {
    guard let value = value(key) else { return nil }
    let names = Choice.allCases.map(\.rawValue)
    guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
      throw wrong(key, value, listed(names, with: "or"))
    }
    return choice
  }

  /// One of the cases of an enumeration, by its raw value, which must be there.
  /// - Throws: `ConfigurationError`.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, as type: Choice.Type)
    throws
    -> Choice
  {
    let value = try required(key)
    guard let choice = try choiceIfPresent(key, as: type) else { throw wrong(key, value, "a name") }
    return choice
  }

  /// A list, which must be there.
  /// - Throws: `ConfigurationError`.
  package func array(_ key: String) throws -> [ConfigurationValue] {
    let value = try required(key)
    guard case .array(let values) = value else { throw wrong(key, value, "a list") }
    return values
  }

  /// The error for a value that is not what it must be: "PATH must be KIND, and is VALUE".
  package func wrong(_ key: String, _ value: ConfigurationValue, _ kind: String) -> ConfigurationError {
    ConfigurationError("\(path(of: key)) must be \(kind), and is \(value.inWords)")
  }

  private static func integer(_ value: ConfigurationValue, path: String, in range: ClosedRange<Int>) throws
    -> Int
  {
    let bounds =
      range.upperBound == .max
      ? "a whole number, at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .integer(let whole) = value, range.contains(whole) else {
      throw ConfigurationError("\(path) must be \(bounds), and is \(value.inWords)")
    }
    return whole
  }
}
