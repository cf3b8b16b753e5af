import Configuration
import Testing

/// Expects `body` to throw a `ConfigurationError` that says `sentence`.
package func expectError<Value>(
  _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) {
  #expect(throws: ConfigurationError(sentence), sourceLocation: sourceLocation) { _ = try body() }
}
