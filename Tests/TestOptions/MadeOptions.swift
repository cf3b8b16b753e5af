import Cluster
import Configuration
import Options
import Recipes
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

extension GivenOptions {
  /// Gives values of the recipe that have flags of their own.
  package mutating func giveRecipe(
    batchSize: Int? = nil, discriminatorRate: Double? = nil, generatorRate: Double? = nil,
    beta1: Double? = nil
  ) {
    for (key, value) in [
      ("batch_size", batchSize.map(ConfigurationValue.integer)),
      ("lr_d", discriminatorRate.map(ConfigurationValue.real)),
      ("lr_g", generatorRate.map(ConfigurationValue.real)), ("beta1", beta1.map(ConfigurationValue.real)),
    ] {
      #expect((try? give(key, value)) == true)
    }
  }
}

extension Given where Settings == RunLength {
  /// A length of these parts.
  package init(epochs: Double? = nil, steps: Int? = nil, minutes: Double? = nil) {
    self.init()
    self.epochs = epochs
    self.steps = steps
    self.minutes = minutes
  }
}

extension RunOptions {
  /// The text of `options.json`, ran by nobody yet.
  package var recordedText: String { json(ranBy: ProgramRecord()) }
}
