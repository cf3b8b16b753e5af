import Configuration

/// An error that is the same on every rank, so that one rank says it for all.
///
/// Thrown for mistakes in what was typed, and for what rank 0 found and told the others
/// (`decidedByRankZero`). Any other error may be one rank's alone: that rank's process prints it with its
/// rank and host, and ends all ranks.
package struct RunError: Error, CustomStringConvertible, Codable, Equatable, Sendable {
  /// One plain sentence.
  package let description: String
  /// The exit code: 1, or 64 for a mistake in what was typed.
  package let code: Int32

  /// Whether another try from the newest checkpoint may succeed: true for an accident, false for a run that
  /// fails again by its nature. `--max-restarts` starts again only where this is true.
  package let mayPass: Bool

  /// Creates an error that says `description`.
  package init(_ description: String, code: Int32 = 1, mayPass: Bool = false) {
    self.description = description
    self.code = code
    self.mayPass = mayPass
  }

  /// Runs `body` and turns its configuration errors, which are about what was typed, into `RunError` with
  /// code 64.
  package static func ofUsage<Value>(_ body: () throws -> Value) throws -> Value {
    try wrapping(RunExit.usage, body)
  }

  /// Runs `body` and turns its configuration errors, which are about files, into `RunError` with code 1.
  package static func ofFile<Value>(_ body: () throws -> Value) throws -> Value {
    try wrapping(RunExit.failure, body)
  }

  private static func wrapping<Value>(_ code: Int32, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ConfigurationError {
      throw RunError(error.description, code: code)
    }
  }
}
