import Configuration

extension ConfigurationFile {
  /// What a file of `--architecture` holds.
  /// - Throws: `ConfigurationError`.
  package static func architecture(_ path: String) throws -> ArchitectureFile {
    let value = try read(path)
    return try naming(path) { try ArchitectureFile(configuration: value, path: path) }
  }

  /// The options in a `--config` file, which may be an `options.json`.
  /// - Throws: `ConfigurationError`.
  package static func options(_ path: String) throws -> GivenOptions {
    let value = try read(path)
    return try naming(path) { try GivenOptions(configuration: value) }
  }

  /// The options that a run recorded in its `options.json`.
  /// - Throws: `ConfigurationError`.
  package static func recordedOptions(_ path: String) throws -> RunOptions {
    let value = try read(path)
    return try naming(path) { try RunOptions(configuration: value) }
  }
}
