import Foundation
import Wording
import Yams

/// Reads JSON and YAML files and text into configuration values.
package enum ConfigurationFile {
  /// Reads the value in a JSON or YAML file.
  /// - Throws: `ConfigurationError` if the file cannot be read or is neither JSON nor YAML; the sentence names the file
  ///   and the line.
  package static func read(_ path: String) throws -> ConfigurationValue {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      throw ConfigurationError(
        exists
          ? "\(path) cannot be read: it must be a JSON or YAML file that this user may read"
          : "there is no file \(path)"
      )
    }
    guard bytes.count <= 16 << 20, let text = String(data: bytes, encoding: .utf8) else {
      throw ConfigurationError("\(path) is no JSON or YAML: it is not UTF-8 text of at most 16 MB")
    }
    return try naming(path) { try value(of: text) }
  }

  /// Reads the value in JSON or YAML text; empty text is null.
  /// - Throws: `ConfigurationError` that names line and column.
  package static func value(of text: String) throws -> ConfigurationValue {
    do {
      guard let node = try Yams.compose(yaml: text) else { return .null }
      return try value(of: node)
    } catch let error as ConfigurationError {
      throw error
    } catch let error as YamlError {
      throw ConfigurationError(sentence(error))
    }
  }

  /// The result of `body`; a `ConfigurationError` that `body` throws gets the file's path before its sentence.
  package static func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ConfigurationError {
      throw ConfigurationError("\(path): \(error)")
    }
  }

  private static func value(of node: Node) throws -> ConfigurationValue {
    switch node {
    case .scalar(let scalar): return value(of: scalar)
    case .sequence(let sequence): return .array(try sequence.map(value(of:)))
    case .mapping(let mapping):
      var members: [ConfigurationValue.Member] = []
      for (key, inner) in mapping {
        guard case .scalar(let name) = key else {
          throw ConfigurationError(
            "a key is \(key.mark.map { "at line \($0.line) " } ?? "")no text, and must be")
        }
        guard !members.contains(where: { $0.key == name.string }) else {
          throw ConfigurationError.twice(name.string)
        }
        members.append(.init(name.string, try value(of: inner)))
      }
      return .object(members)
    case .alias: return .null
    }
  }

  /// Reads a scalar by YAML's core rules, but numbers as in JSON: in YAML 1.1, 1e-4 without a point is text.
  private static func value(of scalar: Node.Scalar) -> ConfigurationValue {
    let text = scalar.string
    guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
    switch text.lowercased() {
    case "", "~", "null": return .null
    case "true", "yes", "on": return .bool(true)
    case "false", "no", "off": return .bool(false)
    default: break
    }
    guard let first = text.first, first.isNumber || "+-.".contains(first),
      text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) })
    else { return .string(text) }
    if let whole = Int(text) { return .integer(whole) }
    if let real = Double(text), real.isFinite { return .real(real) }
    return .string(text)
  }

  private static func sentence(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "this is neither JSON nor YAML: line \(mark.line), column \(mark.column): \(problem)"
    case .duplicatedKeysInMapping(let keys, _):
      return "the key \(listed(keys.map { "\"\($0)\"" }, with: "and")) stands there twice"
    default: return "this is neither JSON nor YAML"
    }
  }
}
