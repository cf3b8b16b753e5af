/// A value of JSON or YAML, with the keys of objects in the order in which they were written.
///
/// Architectures, recipes and options are read from and written to this form, so that files keep an order that reads
/// well, errors can name unknown keys, and a single value deep inside can be replaced by its path.
package enum ConfigurationValue: Equatable, Sendable {
  /// null: no value.
  case null
  /// true or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// Text.
  case string(String)
  /// A list.
  case array([ConfigurationValue])
  /// Named values, each name once.
  case object([Member])

  /// A named value of an object.
  package struct Member: Equatable, Sendable {
    /// The name.
    package var key: String
    /// The value of this name.
    package var value: ConfigurationValue
    /// Creates a member from its parts.
    package init(_ key: String, _ value: ConfigurationValue) {
      self.key = key
      self.value = value
    }
  }

  /// A number; one without a fraction becomes an integer, so that 5.0 is written as 5.
  package static func real(_ value: Double) -> ConfigurationValue {
    if value == value.rounded(), abs(value) < 0x1p53 { return .integer(Int(value)) }
    return .number(value)
  }

  /// The member `key` of an object; nil if there is none or this is no object.
  package subscript(key: String) -> ConfigurationValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The words for the value within a sentence: "fast", 3, a list, an object.
  package var inWords: String {
    switch self {
    case .null: "empty"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(value)\""
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// This value, without one of its members if it is an object.
  package func without(_ key: String) -> ConfigurationValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key })
  }

  /// This value with its members replaced by those of `overlay`. Objects are merged member by member; any other value
  /// is replaced as a whole. Members that this value lacks are added, so that the strict reading afterwards can name
  /// them in an error.
  package func merging(_ overlay: ConfigurationValue) -> ConfigurationValue {
    guard case .object(var members) = self, case .object(let news) = overlay else { return overlay }
    for new in news {
      if let place = members.firstIndex(where: { $0.key == new.key }) {
        members[place].value = members[place].value.merging(new.value)
      } else {
        members.append(new)
      }
    }
    return .object(members)
  }
}

/// A configuration that cannot be used; the description is one plain sentence.
package struct ConfigurationError: Error, CustomStringConvertible, Equatable, Sendable {
  /// One sentence: what is wrong, where, and what would be right.
  package let description: String
  /// Creates an error that says `description`.
  package init(_ description: String) { self.description = description }
}

/// A type that is read from and written as a `ConfigurationValue`, and is `Codable` by that.
package protocol ConfigurationConvertible: Codable {
  /// Reads the value; errors name it by `path` ("generator.0").
  /// - Throws: `ConfigurationError`.
  init(configuration: ConfigurationValue, path: String) throws
  /// The value with all its members, defaults included.
  var configuration: ConfigurationValue { get }
}

extension ConfigurationConvertible {
  /// Reads the value strictly from any decoder.
  /// - Throws: `ConfigurationError`, or the decoder's error for broken text.
  package init(from decoder: any Decoder) throws {
    try self.init(configuration: ConfigurationValue(from: decoder), path: "")
  }

  /// Writes the value with all its members to any encoder.
  package func encode(to encoder: any Encoder) throws {
    try configuration.encode(to: encoder)
  }
}
