import Cluster
import Configuration
import Files
import Networks
import Recipes

extension RunOptions: ConfigurationConvertible {
  /// Reads recorded options, strictly.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String = "") throws {
    let reader = try ConfigurationReader(configuration, path: path, known: GivenOptions.recordedKeys)
    let given = try GivenOptions(configuration: configuration, path: path)
    architecture = try Architecture(
      configuration: try reader.required("architecture"), path: reader.path(of: "architecture"))
    try architecture.validate()
    recipe = try Recipe(configuration: try reader.required("recipe"), path: reader.path(of: "recipe"))
    func required<Value>(_ key: String, _ value: Value?) throws -> Value {
      _ = try reader.required(key)
      guard let value else { throw ConfigurationError("\(reader.path(of: key)) cannot be read") }
      return value
    }
    preset = given.preset
    width = given.width
    widthRule = given.widthRule
    noBatchNorm = given.noBatchNorm ?? false
    data = try required("data", given.data)
    labels = given.labels
    mirror = try required("mirror", given.mirror)
    seed = try required("seed", given.seed)
    batchNorm = try required("bn", given.batchNorm)
    reduction = try required("reduction", given.reduction)
    slices = try required("slices", given.slices)
    wire = given.wire ?? .fp32
    dataSettings = given.dataSettings.applied(to: DataSettings())
    rankSettings = given.rankSettings.applied(to: RankSettings())
    convolution = given.convolution ?? .auto
    precision = given.precision ?? .fp32
    threads = given.threads
    ranks = try required("ranks", given.ranks)
    length = given.length
    intervals = OutputIntervals(
      sample: try required("sample_every", given.sampleEvery),
      checkpoint: try required("checkpoint_every", given.checkpointEvery),
      log: try required("log_every", given.logEvery))
    outputSettings = given.outputSettings.applied(to: OutputSettings())
    failureSettings = given.failureSettings.applied(to: FailureSettings())
    keep = try required("keep", given.keep)
    out = try required("out", given.out)
    program = try ProgramRecord(configuration: reader.value("program") ?? .object([]), path: "program")
  }

  /// The options as they stand in `options.json`. Keys that are flags are written as the flags are, with `_`.
  package var configuration: ConfigurationValue {
    func text(_ value: String?) -> ConfigurationValue { value.map(ConfigurationValue.string) ?? .null }
    func whole(_ value: Int?) -> ConfigurationValue { value.map(ConfigurationValue.integer) ?? .null }
    func real(_ value: Double?) -> ConfigurationValue { value.map(ConfigurationValue.real) ?? .null }
    return .object(
      [
        .init("program", program.configuration), .init("preset", text(preset)), .init("size", whole(size)),
        .init("width", whole(width)), .init("width_rule", text(widthRule?.rawValue)),
        .init("no_batch_norm", .bool(noBatchNorm)),
        .init("acgan", .bool(architecture.classifier != nil)), .init("spectral_norm", .bool(spectralNorm)),
        .init("channels", whole(channels)),
        .init("data", text(data)),
        .init("labels", text(labels)), .init("mirror", .bool(mirror)), .init("seed", whole(Int(seed))),
        .init("bn", text(batchNorm.rawValue)), .init("reduction", text(reduction.rawValue)),
        .init("slices", whole(slices)), .init("wire", text(wire.rawValue)),
        .init("convolution", text(convolution.rawValue)),
        .init("precision", text(precision.rawValue)),
        .init("threads", whole(threads)), .init("ranks", whole(ranks)),
      ] + dataSettings.configuration + rankSettings.configuration + outputSettings.configuration
        + failureSettings.configuration + [
          .init("epochs", real(length.epochs)), .init("steps", whole(length.steps)),
          .init("minutes", real(length.minutes)), .init("sample_every", intervals.sample.configuration),
          .init("checkpoint_every", intervals.checkpoint.configuration),
          .init("log_every", intervals.log.configuration), .init("keep", whole(keep)),
          .init("out", text(out)),
          .init("recipe", recipe.configuration), .init("architecture", architecture.configuration),
        ])
  }

  /// The options that decide the numbers of a run beside its data and its length, in the order of their names. A
  /// checkpoint records them, so that its model never goes on under others.
  package var decidingNumbers: ConfigurationValue {
    .object([
      .init("architecture", architecture.configuration), .init("bn", .string(batchNorm.rawValue)),
      .init("mirror", .bool(mirror)), .init("precision", .string(precision.rawValue)),
      .init("recipe", recipe.configuration), .init("reduction", .string(reduction.rawValue)),
      .init("seed", .integer(Int(seed))), .init("slices", .integer(slices)),
      .init("wire", .string(wire.rawValue)),
    ]).inOrderOfNames
  }

  /// The text of `options.json`.
  package var json: String { configuration.json() + "\n" }
}

extension ConfigurationValue {
  /// This value with the members of all its objects sorted by name.
  fileprivate var inOrderOfNames: ConfigurationValue {
    switch self {
    case .object(let members):
      .object(members.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.inOrderOfNames) })
    case .array(let values): .array(values.map(\.inOrderOfNames))
    default: self
    }
  }

  /// The SHA-256 of its text.
  package var sha256: String { SHA256.hex(of: json()) }
}
