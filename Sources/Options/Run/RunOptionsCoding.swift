import Cluster
import Configuration
import Files
import Networks
import Recipes

extension RunOptions: ConfigurationConvertible {
  /// The keys without which an object is no record of a run.
  private static let required = [
    "data", "mirror", "seed", "bn", "reduction", "slices", "ranks", "sample_every", "checkpoint_every",
    "log_every", "keep", "out",
  ]

  /// Reads recorded options of this format or an earlier one, strictly.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String = "") throws {
    let reader = try ConfigurationReader(configuration, path: path, known: GivenOptions.recordedKeys)
    let given = try GivenOptions(configuration: configuration, path: path)
    architecture = try Architecture(
      configuration: try reader.required("architecture"), path: reader.path(of: "architecture"))
    try architecture.validate()
    recipe = try Recipe(configuration: try reader.required("recipe"), path: reader.path(of: "recipe"))
    if let recorded = reader.value("changes") {
      guard case .array(let values) = recorded else {
        throw reader.wrong("changes", recorded, "a list")
      }
      changes = try values.enumerated().map {
        try RunChange(configuration: $1, path: "\(reader.path(of: "changes")).\($0)")
      }
    }
    (length, intervals, outputSettings) = (RunLength(), OutputIntervals(), OutputSettings())
    // A run of before this option goes on with the sheets that it began with, as an animation has sheets of one size.
    outputSettings.labels = false
    for key in Self.required { _ = try reader.required(key) }
    for group in OptionsGroup.all { group.apply(given, &self) }
    recordShape()
    try validateChanges()
  }

  /// The options as they stand in `options.json`. A key that is also a flag has the flag's name, with `_` for
  /// `-`.
  package var configuration: ConfigurationValue {
    .object(
      OptionsGroup.all.flatMap { $0.members(self) } + [
        .init("changes", .array(changes.map(\.configuration))), .init("recipe", recipe.configuration),
        .init("architecture", architecture.configuration),
      ])
  }

  /// The options that, with its data and length, decide the numbers of a run, sorted by name. A checkpoint
  /// records them, so that a run never goes on from it with others.
  package var decidingNumbers: ConfigurationValue {
    .object(
      OptionsGroup.numbers.deciding(self) + [
        .init("architecture", architecture.configuration), .init("recipe", recipe.configuration),
        .init("changes", .array(changes.map(\.configuration))),
      ]
    ).inOrderOfNames
  }

  /// The changes of a run by the time of a checkpoint, from the deciding options that it recorded.
  /// - Throws: `ConfigurationError`.
  package static func changes(recorded value: ConfigurationValue) throws -> [RunChange] {
    guard case .array(let changes)? = value["changes"] else { return [] }
    return try changes.enumerated().map { try RunChange(configuration: $1, path: "changes.\($0)") }
  }

  /// The deciding options that a checkpoint recorded, as this program writes them. In the checkpoint the keys
  /// may have another casing, and keys that are new since then may be missing.
  /// - Throws: `ConfigurationError` where the value holds no such options.
  package static func decidingNumbers(recorded value: ConfigurationValue) throws -> ConfigurationValue {
    guard case .object(let members) = value else { return value }
    let known = Set(members.map(\.key))
    let unknown =
      NumberSettings.keys.filter { $0.onResume == .stays && !known.contains($0.name) }
      .map { ConfigurationValue.Member($0.name, $0.value(NumberSettings())) }
      + (known.contains("changes") ? [] : [.init("changes", .array([]))])
    return try .object(
      unknown
        + members.map { member in
          switch member.key {
          case "recipe": .init(member.key, try Recipe(configuration: member.value).configuration)
          case "architecture": .init(member.key, try Architecture(configuration: member.value).configuration)
          default: member
          }
        }
    ).inOrderOfNames
  }

  /// The text of `options.json`: the options, and the program that ran them last.
  package func json(ranBy program: ProgramRecord) -> String {
    guard case .object(let members) = configuration else { preconditionFailure("options are an object") }
    return ConfigurationValue.object(
      [
        .init("format_version", .integer(GivenOptions.formatVersion)),
        .init("program", program.configuration),
      ] + members
    ).json() + "\n"
  }
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

  /// The SHA-256 of its JSON text, in hexadecimal.
  package var sha256: String { SHA256.hex(of: json()) }
}
