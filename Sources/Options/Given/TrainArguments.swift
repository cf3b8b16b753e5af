import Cluster
import Configuration
import Foundation
import Networks
import Recipes

/// The arguments of `train`, as they were typed.
package struct TrainArguments: Sendable {
  /// The flags that are options.
  package var flags = GivenOptions()
  /// `--architecture`.
  package var architectureFile: String?
  /// `--config`.
  package var configFile: String?
  /// `--resume`: a folder, or `auto`.
  package var resume: String?
  /// `--more-epochs`, `--more-steps`, `--more-minutes`: a length from where the run is; empty: none is given.
  package var more = Given<RunLength>()
  /// `--change key=value`, in order.
  package var changes: [String] = []
  /// `--overwrite`.
  package var overwrite = false
  /// `--dry-run`.
  package var dryRun = false
  /// `--trace`.
  package var trace: String?

  /// Creates arguments of which nothing is given.
  package init() {}

  /// Sets an option, or what names a file of options, by its key; `overrides` is the list of `--set`. A nil value sets
  /// nothing.
  /// - Returns: whether there is an option of this key.
  /// - Throws: `ConfigurationError` where the value is not of the option's type.
  package mutating func give(_ key: String, _ value: ConfigurationValue?) throws -> Bool {
    switch key {
    case "architecture": architectureFile = value?.text ?? architectureFile
    case "config": configFile = value?.text ?? configFile
    case "overrides": if case .array(let values)? = value { flags.overrides += values.compactMap(\.text) }
    default: return try flags.give(key, value)
    }
    return true
  }

  /// Reads the files that were named, and merges flags and config file.
  /// - Throws: `RunError`.
  package func given() throws -> GivenOptions {
    try RunError.ofUsage { try flags.validate() }
    var given = flags
    if let architectureFile {
      try RunError.ofUsage {
        guard flags.preset == nil else {
          throw ConfigurationError(
            "--preset and --architecture were both given, and each says the networks: leave one out")
        }
      }
      let file = try RunError.ofFile { try ConfigurationFile.architecture(architectureFile) }
      try RunError.ofUsage { try Self.check(flags, against: file.architecture, file: architectureFile) }
      given.architecture = file.architecture
      given.architectureFile = file
    }
    guard let configFile else { return given }
    let config = try RunError.ofFile { try ConfigurationFile.options(configFile) }
    return try RunError.ofUsage { try config.overridden(by: given) }
  }

  private static func check(_ flags: GivenOptions, against architecture: Architecture, file: String) throws {
    for (option, given, own) in [
      ("--size", flags.size, architecture.size), ("--channels", flags.channels, architecture.channels),
    ] {
      guard let given, given != own else { continue }
      throw ConfigurationError(
        "\(option) \(given) disagrees with \(file), whose pictures are \(architecture.picture)")
    }
    guard flags.widthRule == nil else {
      throw ConfigurationError("--width-rule has no meaning with --architecture: \(file) has the widths")
    }
    guard flags.width == nil else {
      throw ConfigurationError(
        "--width \(flags.width ?? 0) has no meaning with --architecture: \(file) has the widths")
    }
  }
}

extension ConfigurationValue {
  /// The text, if the value is text.
  fileprivate var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}
