import Configuration
import Tensors

extension LabelGroup: ConfigurationConvertible {
  /// Reads `{"name": "hair", "classes": ["black", "blonde"]}`.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    let reader = try ConfigurationReader(configuration, path: path, known: ["name", "classes"])
    let name = try reader.string("name")
    let classes = try reader.array("classes").enumerated().map { place, value in
      guard case .string(let text) = value, !text.isEmpty else {
        throw ConfigurationError(
          "\(reader.path(of: "classes")).\(place) must be the name of a class, and is \(value.inWords)")
      }
      return text
    }
    guard !name.isEmpty else { throw reader.wrong("name", .string(name), "the name of a group") }
    guard !classes.isEmpty else {
      throw ConfigurationError("\(reader.path(of: "classes")) is empty, and a group has at least one class")
    }
    if let twice = classes.indices.first(where: { classes[..<$0].contains(classes[$0]) }) {
      throw ConfigurationError("\(reader.path(of: "classes")) has \"\(classes[twice])\" twice")
    }
    self.init(name: name, classes: classes)
  }

  /// The group as it stands in JSON.
  package var configuration: ConfigurationValue {
    .object([
      .init("name", .string(name)), .init("classes", .array(classes.map(ConfigurationValue.string))),
    ])
  }
}

extension Conditions: ConfigurationConvertible {
  /// Reads `{"groups": [...], "planes": true}`.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    let reader = try ConfigurationReader(configuration, path: path, known: ["groups", "planes"])
    groups = try reader.array("groups").enumerated().map { place, value in
      try LabelGroup(configuration: value, path: "\(reader.path(of: "groups")).\(place)")
    }
    planes = try reader.boolIfPresent("planes") ?? true
    guard !groups.isEmpty else {
      throw ConfigurationError(
        "\(reader.path(of: "groups")) is empty, and conditions have at least one group")
    }
    let names = groups.map(\.name)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw ConfigurationError("\(reader.path(of: "groups")) has \"\(names[twice])\" twice")
    }
    guard size <= Self.mostClasses else {
      throw ConfigurationError(
        "\(reader.path(of: "groups")) has \(size) classes together, and at most \(Self.mostClasses) are taken"
      )
    }
  }

  /// The conditions as they stand in JSON.
  package var configuration: ConfigurationValue {
    .object([.init("groups", .array(groups.map(\.configuration))), .init("planes", .bool(planes))])
  }
}

extension Codes: ConfigurationConvertible {
  /// Reads `{"categorical": [10], "uniform": 2}`.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    let reader = try ConfigurationReader(configuration, path: path, known: ["categorical", "uniform"])
    uniform = try reader.integerIfPresent("uniform", in: 0...4_096) ?? 0
    categorical = []
    if reader.value("categorical") != nil {
      categorical = try reader.array("categorical").enumerated().map { place, value in
        guard case .integer(let count) = value, (2...4_096).contains(count) else {
          throw ConfigurationError(
            "\(reader.path(of: "categorical")).\(place) must be a code's number of values, from 2 to 4096, "
              + "and is \(value.inWords)")
        }
        return count
      }
    }
    guard size > 0 else {
      throw ConfigurationError("\(path) has no code: give \"categorical\" or \"uniform\", or leave it out")
    }
  }

  /// The codes as they stand in JSON.
  package var configuration: ConfigurationValue {
    .object([
      .init("categorical", .array(categorical.map(ConfigurationValue.integer))),
      .init("uniform", .integer(uniform)),
    ])
  }
}

extension Head: ConfigurationConvertible {
  /// Reads `{"after": 12, "layers": [...]}`.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    let reader = try ConfigurationReader(configuration, path: path, known: ["after", "layers"])
    after = try reader.integer("after", in: 1...100_000)
    layers = try reader.array("layers").enumerated().map { place, value in
      try LayerSpecification(configuration: value, path: "\(reader.path(of: "layers")).\(place)")
    }
  }

  /// The head as it stands in JSON.
  package var configuration: ConfigurationValue {
    .object([.init("after", .integer(after)), .init("layers", .array(layers.map(\.configuration)))])
  }
}
