import ArgumentParser
import Datasets

/// The values of a recipe that have flags of their own, and `--set` for all others.
struct RecipeOptions: OptionFlags {
  @Option(
    parsing: .unconditional,
    help: "Pictures in the global batch, over all ranks; need not be a multiple of the ranks.",
    transform: Parse.whole)
  var batchSize: Int?

  @Option(parsing: .unconditional, help: "Learning rate of the discriminator.", transform: Parse.number)
  var lrD: Double?

  @Option(parsing: .unconditional, help: "Learning rate of the generator.", transform: Parse.number)
  var lrG: Double?

  @Option(
    parsing: .unconditional, help: "Adam's decay of the first moment, for both networks.",
    transform: Parse.number)
  var beta1: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far the recipe's rule softens targets, for a D that wins too easily: by default reals from 1 to 1 - s. (default: the recipe's)",
      valueName: "s"), transform: Parse.number)
  var labelSmoothing: Double?

  @Option(
    help: """
      How pictures of another shape are fitted: stretch scales both sides; resizeAndCrop scales the shorter one and keeps \
      the middle; cropOrPad scales nothing. (default: the recipe's)
      """)
  var preprocessing: Fit?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override any value of recipe or architecture, for example discriminator.learning_rate=4e-4; may be repeated.",
      valueName: "path=value"))
  var overrides: [String] = []
}
