import ArgumentParser
import Evaluation

/// Which filters are looked into.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The convolution: the N of discriminator.main.N, or all of this name; with --drop of generator.main.N. (default: the last before the output; with --drop the first whose maps are 8 x 8 or larger)",
      valueName: "layer"))
  var layer: String?

  @Option(help: ArgumentHelp("The filters, as 0-5,9. (default: the first six)", valueName: "list"))
  var filters: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Pictures of each filter. (default: 5)", valueName: "n"),
    transform: Parse.whole)
  var pictures: Int?

  @Option(
    parsing: .unconditional, help: "The seed of the random D's weights. (default: 1)",
    transform: Parse.seed)
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Also write pictures and gradients of the trained D in float32, as safetensors.", valueName: "file"))
  var raw: String?
}
