import Configuration
import Datasets
import Objectives

extension AdamSettings: ConfigurationConvertible {
  /// Reads Adam's numbers strictly; a key that is left out has the value of PyTorch's DCGAN tutorial.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(
      configuration, path: path,
      known: ["learning_rate", "beta1", "beta2", "epsilon", "form", "rate_schedule"])
    if let value = try reader.numberIfPresent("learning_rate") { learningRate = value }
    if let value = try reader.numberIfPresent("beta1") { beta1 = value }
    if let value = try reader.numberIfPresent("beta2") { beta2 = value }
    if let value = try reader.numberIfPresent("epsilon") { epsilon = value }
    if let value = try reader.choiceIfPresent("form", as: AdamForm.self) { form = value }
    if let value = reader.value("rate_schedule") {
      schedule = try .init(configuration: value, path: reader.path(of: "rate_schedule"))
    }
    guard learningRate > 0 else {
      throw reader.wrong("learning_rate", .real(learningRate), "a number above 0")
    }
    for (key, value) in [("beta1", beta1), ("beta2", beta2)] where !(value >= 0 && value < 1) {
      throw reader.wrong(key, .real(value), "a number from 0 to below 1")
    }
    guard epsilon > 0 else { throw reader.wrong("epsilon", .real(epsilon), "a number above 0") }
  }

  /// The numbers as in JSON, with every value.
  package var configuration: ConfigurationValue {
    .object([
      .init("learning_rate", .real(learningRate)), .init("beta1", .real(beta1)), .init("beta2", .real(beta2)),
      .init("epsilon", .real(epsilon)), .init("form", .string(form.rawValue)),
      .init("rate_schedule", schedule.configuration),
    ])
  }
}

extension SamplingSettings: ConfigurationConvertible {
  /// Reads the settings strictly; the defaults are to draw each picture once an epoch and to drop the last batch.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    self.init()
    let reader = try ConfigurationReader(
      configuration, path: path, known: ["with_replacement", "last_batch"])
    if let value = try reader.boolIfPresent("with_replacement") { withReplacement = value }
    if let value = try reader.choiceIfPresent("last_batch", as: LastBatch.self) { lastBatch = value }
  }

  /// The settings as in JSON, with every value.
  package var configuration: ConfigurationValue {
    .object([
      .init("with_replacement", .bool(withReplacement)), .init("last_batch", .string(lastBatch.rawValue)),
    ])
  }
}
