import ArgumentParser
import Models

/// Which trained generator makes pictures.
struct GeneratorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A run's folder (its newest valid checkpoint), a checkpoint's, or a model.safetensors.",
      valueName: "path"))
  var checkpoint: String

  @Flag(
    inversion: .prefixedNo,
    help: "Use the average of G's weights (recipe.generator_average). (default: on where the file has one)")
  var average: Bool?

  @Option(
    parsing: .unconditional, help: "Threads. (default: what this process may use)", transform: Parse.whole)
  var threads: Int?

  @OptionGroup(title: "Networks, if --checkpoint is a file with no run around it") var model: ModelOptions

  /// The choice that was typed.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func choice() throws -> GeneratorChoice {
    let threads = try Parse.checked(threads, of: "--threads", in: 1...1_024)
    let networks = try model.networksIfGiven()
    return GeneratorChoice(
      checkpoint: checkpoint, architecture: networks?.architecture, latent: networks?.latent,
      average: average,
      threads: threads)
  }
}
