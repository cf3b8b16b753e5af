import Configuration

/// One `--set path=value`, which replaces a value of the recipe (`discriminator.learning_rate`, with or
/// without `recipe.` before it) or of the networks (`architecture.generator.0.out`).
struct ValueOverride {
  let path: [String]
  let text: String
  let value: ConfigurationValue
  let isOfArchitecture: Bool
  /// The option that gives it, for messages.
  private let option: String

  /// Reads `path=value`; the value is JSON, or a word.
  /// - Parameter option: the option that gives it, for messages.
  /// - Throws: `ConfigurationError`.
  init(_ argument: String, of option: String = "--set") throws {
    self.option = option
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      throw ConfigurationError(
        "\(option) takes path=value, for example discriminator.learning_rate=4e-4, and was given \"\(argument)\""
      )
    }
    text = String(argument[..<equals])
    var keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    isOfArchitecture = keys.first == "architecture"
    if isOfArchitecture || keys.first == "recipe" { keys.removeFirst() }
    path = keys
    do {
      value = try ConfigurationFile.value(of: String(argument[argument.index(after: equals)...]))
    } catch let error as ConfigurationError {
      throw ConfigurationError("\(option) \(text): \(error)")
    }
    // Only a length and an update's inputs may be null; null for any other value would silently mean its
    // default.
    guard value != .null || ["schedule", "epochs", "steps"].contains(path.first) else {
      throw ConfigurationError("\(option) \(text) gives no value after \"=\"")
    }
    guard !path.isEmpty else {
      throw ConfigurationError(
        "\(option) \(text) names no single value; \(isOfArchitecture ? "architecture.latent" : "batch_size") would"
      )
    }
  }

  /// `root` with the value at the path replaced.
  /// - Throws: `ConfigurationError`, with the nearest names, if there is no such value.
  func applied(to root: ConfigurationValue) throws -> ConfigurationValue {
    try replaced(in: root, keys: path[...])
  }

  private func replaced(in place: ConfigurationValue, keys: ArraySlice<String>) throws -> ConfigurationValue {
    guard let key = keys.first else { return value }
    let walked = path[..<keys.startIndex].joined(separator: ".")
    let here = walked.isEmpty ? (isOfArchitecture ? "the architecture" : "the recipe") : walked
    switch place {
    case .object(var members):
      guard let index = members.firstIndex(where: { $0.key == key.inSnakeCase }) else {
        let names = members.map(\.key)
        var sentence =
          "\(option) \(text): \(here) has no value \"\(key)\"; \(suggestion(for: key, in: names))"
        if walked.isEmpty, !isOfArchitecture,
          GivenOptions.optionKeys.contains(key.inSnakeCase)
        {
          sentence =
            "\(option) \(text): that is an option of its own, \(GivenOptions.flagName(key.inSnakeCase))"
        }
        throw ConfigurationError(sentence)
      }
      members[index].value = try replaced(in: members[index].value, keys: keys.dropFirst())
      return .object(members)
    case .array(var values):
      guard let index = Int(key), values.indices.contains(index) else {
        throw ConfigurationError(
          "\(option) \(text): \(here) is a list of \(values.count), counted from 0, and has no \"\(key)\"")
      }
      values[index] = try replaced(in: values[index], keys: keys.dropFirst())
      return .array(values)
    default:
      throw ConfigurationError("\(option) \(text): \(here) is a single value, and has no \"\(key)\"")
    }
  }
}
