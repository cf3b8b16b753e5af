import ArgumentParser
import Cluster
import Networks
import Options
import Recipes

/// Which networks, and of what shape.
struct ModelOptions: OptionFlags {
  @Option(help: "A reference system; 'presets' lists them. (default: dcgan64)")
  var preset: String?

  @Option(
    help: ArgumentHelp(
      """
      Networks of your own, and their recipe, as 'presets NAME --json' prints both. Without a recipe in it the default \
      one is used; --config, flags and --set win over it.
      """, valueName: "file"))
  var architecture: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pictures of N x N, where the preset allows.", valueName: "n"), transform: Parse.whole)
  var size: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Multiply every channel count by N/64. (default: 64)", valueName: "n"),
    transform: Parse.whole)
  var width: Int?

  @Option(
    help: ArgumentHelp(
      "How slim64 counts its middle widths: as its tutorial's code computes them (published) or as its text intends. (default: published)",
      valueName: "published|intended"))
  var widthRule: WidthRule?

  @Option(
    parsing: .unconditional, help: "1 is grey, 3 is RGB, where the preset allows.", transform: Parse.whole)
  var channels: Int?

  @OptionGroup var variations: VariationOptions

  /// The networks that these options name, and how their z is drawn; nil if none were given. z is nil where the networks
  /// come from a file without a recipe.
  func networksIfGiven() throws -> (architecture: Architecture, latent: LatentDistribution?)? {
    var arguments = TrainArguments()
    try give(&arguments)
    let given = try arguments.given()
    guard given != GivenOptions() else { return nil }
    let options = try RunError.ofUsage {
      try OptionsResolution.newRun(given, ranks: 1, out: "", relativeTo: "/")
    }
    let isSaid = given.architectureFile.map { $0.recipe != nil } ?? true
    return (options.architecture, isSaid ? options.recipe.latent : nil)
  }
}

/// Changes to networks that are otherwise as the preset or the file has them.
struct VariationOptions: OptionFlags {
  @Flag(help: "D also predicts the classes of labelled data, and G is given the class to draw (ACGAN).")
  var acgan = false

  @Flag(help: "Leave batch norm out of both networks; layers before it get a bias.")
  var noBatchNorm = false

  @Flag(
    help:
      "Divide every weight of the discriminator by its largest singular value: spectral norm, a stabiliser.")
  var spectralNorm = false

  var isEmpty: Bool { !acgan && !noBatchNorm && !spectralNorm }
}
