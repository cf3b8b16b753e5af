import Cluster
import Options
import Testing

/// Expects `body` to throw a `RunError` that says `sentence`.
package func expectRunError<Value>(
  _ sentence: String, code: Int32 = 64, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Value
) {
  #expect(throws: RunError(sentence, code: code), sourceLocation: sourceLocation) { _ = try body() }
}

/// Options of which `change` gives some.
package func given(_ change: (inout GivenOptions) -> Void = { _ in }) -> GivenOptions {
  var options = GivenOptions()
  change(&options)
  return options
}

/// A new run's options, as they are resolved.
package func resolved(_ given: GivenOptions, ranks: Int = 1) throws -> RunOptions {
  try OptionsResolution.newRun(given, ranks: ranks, out: "runs/x", relativeTo: "/home/someone")
}
