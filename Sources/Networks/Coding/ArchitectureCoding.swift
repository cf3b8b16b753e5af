import Configuration

extension Architecture: ConfigurationConvertible {
  static let keys = [
    "name", "latent", "size", "channels", "conditions", "codes", "generator", "discriminator", "q",
    "classifier",
  ]

  /// Reads an architecture strictly, without checking its shapes (`validate()` does).
  package init(configuration: ConfigurationValue, path: String = "") throws {
    let reader = try ConfigurationReader(configuration, path: path, known: Self.keys)
    name = try reader.string("name")
    latent = try reader.integer("latent", in: 1...65_536)
    size = try reader.integer("size", in: 1...4_096)
    channels = try reader.integer("channels", in: 1...3)
    guard channels != 2 else { throw reader.wrong("channels", .integer(2), "1 (grey) or 3 (RGB)") }
    generator = try Self.layers(reader, "generator")
    discriminator = try Self.layers(reader, "discriminator")
    func member<Value: ConfigurationConvertible>(_ key: String, as: Value.Type) throws -> Value? {
      try reader.value(key).map { try Value(configuration: $0, path: reader.path(of: key)) }
    }
    conditions = try member("conditions", as: Conditions.self)
    codes = try member("codes", as: Codes.self)
    q = try member("q", as: Head.self)
    classifier = try member("classifier", as: Head.self)
    guard !name.isEmpty, name.count <= 60,
      name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }),
      name.first != "."
    else {
      throw reader.wrong(
        "name", .string(name),
        "up to 60 letters, digits, \"-\", \"_\" and \".\", as it names the run's folder")
    }
  }

  /// The architecture as it stands in JSON, one object per layer. Parts that are nil are left out.
  package var configuration: ConfigurationValue {
    func member(_ key: String, _ value: (some ConfigurationConvertible)?) -> [ConfigurationValue.Member] {
      value.map { [.init(key, $0.configuration)] } ?? []
    }
    return .object(
      [
        .init("name", .string(name)), .init("latent", .integer(latent)), .init("size", .integer(size)),
        .init("channels", .integer(channels)),
      ] + member("conditions", conditions) + member("codes", codes) + [
        .init("generator", .array(generator.map(\.configuration))),
        .init("discriminator", .array(discriminator.map(\.configuration))),
      ] + member("q", q) + member("classifier", classifier))
  }

  private static func layers(_ reader: ConfigurationReader, _ key: String) throws -> [LayerSpecification] {
    try reader.array(key).enumerated().map { index, value in
      try LayerSpecification(configuration: value, path: "\(reader.path(of: key)).\(index)")
    }
  }
}

extension Initializer: ConfigurationConvertible {
  private static let rules = ["normal", "truncatedNormal", "glorotUniform", "torchBias", "constant"]

  /// Reads a rule: `{"rule": "normal", "mean": 0, "std": 0.02}`, or its name alone where it has no numbers.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    var value = configuration
    if case .string = value { value = .object([.init("rule", value)]) }
    let named = try ConfigurationReader(value, path: path, known: ["rule", "mean", "std", "value"])
    let rule = try named.string("rule")
    switch rule {
    case "normal":
      let reader = try ConfigurationReader(value, path: path, known: ["rule", "mean", "std"])
      self = .normal(mean: try reader.numberIfPresent("mean") ?? 0, std: try Self.deviation(reader))
    case "truncatedNormal":
      let reader = try ConfigurationReader(value, path: path, known: ["rule", "std"])
      self = .truncatedNormal(std: try Self.deviation(reader))
    case "glorotUniform", "torchBias":
      _ = try ConfigurationReader(value, path: path, known: ["rule"])
      self = rule == "torchBias" ? .torchBias : .glorotUniform
    case "constant":
      let reader = try ConfigurationReader(value, path: path, known: ["rule", "value"])
      self = .constant(try reader.number("value"))
    default:
      throw ConfigurationError(
        "\(path) has an unknown rule \"\(rule)\"; \(suggestion(for: rule, in: Self.rules))")
    }
  }

  /// The rule as it stands in JSON.
  package var configuration: ConfigurationValue {
    switch self {
    case .normal(let mean, let std):
      .object([.init("rule", .string("normal")), .init("mean", .real(mean)), .init("std", .real(std))])
    case .truncatedNormal(let std):
      .object([.init("rule", .string("truncatedNormal")), .init("std", .real(std))])
    case .glorotUniform: .string("glorotUniform")
    case .torchBias: .string("torchBias")
    case .constant(let value): .object([.init("rule", .string("constant")), .init("value", .real(value))])
    }
  }

  private static func deviation(_ reader: ConfigurationReader) throws -> Double {
    let std = try reader.number("std")
    guard std >= 0 else { throw reader.wrong("std", .number(std), "a number, at least 0") }
    return std
  }
}
