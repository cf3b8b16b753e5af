import Configuration

/// An error that every rank has alike, so that one of them says it for all.
///
/// Thrown for what was typed and for what rank 0 found and told the others (`decidedByRankZero`). Any other
/// error may be one rank's alone: the process that has it prints it with its rank and host, and ends all.
package struct RunError: Error, CustomStringConvertible, Codable, Equatable, Sendable {
  /// One plain sentence.
  package let description: String
  /// The exit code: 1, or 64 for what was typed.
  package let code: Int32

  /// Whether another try from the newest checkpoint may do better: for what happened to the run, not for what
  /// it is. `--max-restarts` asks.
  package let mayPass: Bool

  /// Creates an error that says `description`.
  package init(_ description: String, code: Int32 = 1, mayPass: Bool = false) {
    self.description = description
    self.code = code
    self.mayPass = mayPass
  }

  /// Runs `body`, whose configuration errors are about what was typed.
  package static func ofUsage<Value>(_ body: () throws -> Value) throws -> Value { try wrapping(64, body) }

  /// Runs `body`, whose configuration errors are about what was found in files.
  package static func ofFile<Value>(_ body: () throws -> Value) throws -> Value { try wrapping(1, body) }

  private static func wrapping<Value>(_ code: Int32, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ConfigurationError {
      throw RunError(error.description, code: code)
    }
  }
}
