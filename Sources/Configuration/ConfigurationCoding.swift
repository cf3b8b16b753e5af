extension ConfigurationValue: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads any JSON value. The keys of objects are sorted by name, as decoders do not keep their order.
  package init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      self = .object(
        try keyed.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
          Member($0.stringValue, try keyed.decode(ConfigurationValue.self, forKey: $0))
        })
      return
    }
    if var list = try? decoder.unkeyedContainer() {
      var values: [ConfigurationValue] = []
      while !list.isAtEnd { values.append(try list.decode(ConfigurationValue.self)) }
      self = .array(values)
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? single.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? single.decode(Double.self) {
      self = .number(value)
    } else {
      self = .string(try single.decode(String.self))
    }
  }

  /// Writes the value.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var keyed = encoder.container(keyedBy: Key.self)
      for member in members { try keyed.encode(member.value, forKey: Key(stringValue: member.key)) }
    case .array(let values):
      var list = encoder.unkeyedContainer()
      for value in values { try list.encode(value) }
    default:
      var single = encoder.singleValueContainer()
      switch self {
      case .bool(let value): try single.encode(value)
      case .integer(let value): try single.encode(value)
      case .number(let value): try single.encode(value)
      case .string(let value): try single.encode(value)
      default: try single.encodeNil()
      }
    }
  }
}

extension ConfigurationValue {
  /// The value as JSON that is easy to read: keys keep their order, and an object or list that fits is on one line.
  /// - Parameter width: the most characters of such a line, with its indent.
  package func json(width: Int = 150) -> String {
    var out = ""
    write(to: &out, indent: 0, width: width)
    return out
  }

  private func write(to out: inout String, indent: Int, width: Int) {
    let line = oneLine
    if indent + line.count <= width {
      out += line
      return
    }
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .array(let values):
      out += "[\n"
      for (place, value) in values.enumerated() {
        out += inner
        value.write(to: &out, indent: indent + 2, width: width)
        out += place + 1 < values.count ? ",\n" : "\n"
      }
      out += outer + "]"
    case .object(let members):
      out += "{\n"
      for (place, member) in members.enumerated() {
        out += inner + ConfigurationValue.quoted(member.key) + ": "
        member.value.write(to: &out, indent: indent + 2, width: width)
        out += place + 1 < members.count ? ",\n" : "\n"
      }
      out += outer + "}"
    default: out += line
    }
  }

  private var oneLine: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .string(let value): ConfigurationValue.quoted(value)
    case .array(let values): "[" + values.map(\.oneLine).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { ConfigurationValue.quoted($0.key) + ": " + $0.value.oneLine }.joined(separator: ", ")
        + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
