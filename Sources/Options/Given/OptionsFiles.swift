import Configuration
import Networks

extension ConfigurationFile {
  /// The architecture in a file: the file's whole object, or its member `architecture`, as `presets NAME
  /// --json` prints it.
  /// - Throws: `ConfigurationError`.
  package static func architecture(_ path: String) throws -> Architecture {
    let value = try read(path)
    return try naming(path) {
      let inner = value["architecture"]
      let architecture = try Architecture(
        configuration: inner ?? value, path: inner == nil ? "" : "architecture")
      try architecture.validate()
      return architecture
    }
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
