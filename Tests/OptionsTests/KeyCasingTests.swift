import Configuration
import Options
import Recipes
import TestOptions
import TestSupport
import Testing

/// Note [Casing of keys].
@Suite("The casing of keys")
struct KeyCasingTests {
  @Test("Names turn into snake_case")
  func names() {
    #expect("learningRate".inSnakeCase == "learning_rate")
    #expect("zeroDebiasedMean".inSnakeCase == "zero_debiased_mean")
    #expect("batch-size".inSnakeCase == "batch_size")
    #expect("beta1".inSnakeCase == "beta1" && "batch_size".inSnakeCase == "batch_size")
  }

  @Test("A file may have either, and a path of --set too")
  func either() throws {
    let scratch = try Scratch()
    let former = try scratch.file(
      "former.yaml", "recipe: {generator: {learningRate: 1e-3}, generatorAverage: 0.9}")
    let now = try scratch.file(
      "now.yaml", "recipe: {generator: {learning_rate: 1e-3}, generator_average: 0.9}")
    let options = try resolved(try ConfigurationFile.options(now))
    #expect(options.recipe.generator.learningRate == 1e-3 && options.recipe.generatorAverage == 0.9)
    #expect(try resolved(try ConfigurationFile.options(former)) == options)
    for path in ["generator.learningRate=1e-3", "generator.learning_rate=1e-3"] {
      let set = try resolved(given { $0.overrides = [path, "generatorAverage=0.9"] })
      #expect(set.recipe == options.recipe)
    }
    let network = try scratch.file(
      "network.yaml", "batchSize: 32\nspectral-norm: true\nsampleEvery: epoch\nlabel-smoothing: 0.25")
    let more = try resolved(try ConfigurationFile.options(network))
    #expect(more.batchSize == 32 && more.spectralNorm && more.intervals.sample == .epoch)
    #expect(more.recipe.loss.smoothing.amount == 0.25)
  }

  @Test("One key in both casings is an error, and an unknown one is named as it was written")
  func wrong() throws {
    let scratch = try Scratch()
    for (text, sentence) in [
      ("batchSize: 3\nbatch_size: 4", "the key \"batch_size\" stands there twice"),
      (
        "recipe: {generator: {learningRate: 1, learning_rate: 2}}",
        "the key \"learning_rate\" stands there twice"
      ),
      ("batchSise: 3", "the outermost object has an unknown key \"batchSise\"; did you mean batch_size?"),
    ] {
      let path = try scratch.file("mine.yaml", text)
      expectError("\(path): \(sentence)") { try ConfigurationFile.options(path) }
    }
  }

  @Test("Everything that is written is in snake_case")
  func written() throws {
    func keys(_ value: ConfigurationValue) -> [String] {
      switch value {
      case .object(let members): members.flatMap { [$0.key] + keys($0.value) }
      case .array(let values): values.flatMap(keys)
      default: []
      }
    }
    for preset in Preset.all {
      let options = try RunOptions(preset: preset)
      let found = keys(options.configuration) + keys(options.presetDocument)
      #expect(found.count > 60 && found.allSatisfy { $0 == $0.inSnakeCase }, "\(preset.name)")
    }
  }
}
