import ArgumentParser
import Cluster
import Networks
import Options
import Recipes

/// Which networks, and of what shape.
struct ModelOptions: OptionFlags {
  static let ownFlags: Set = ["architecture"]

  @Option(help: "A reference system; 'presets' lists them. (default: dcgan64)")
  var preset: String?

  @Option(
    help: ArgumentHelp("Networks of your own, as 'presets NAME --json' prints them.", valueName: "file"))
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

  /// The networks that these options name; nil if none was given.
  func architectureIfGiven() throws -> Architecture? {
    guard
      preset != nil || architecture != nil || size != nil || width != nil || widthRule != nil
        || channels != nil || !variations.isEmpty
    else {
      return nil
    }
    var arguments = TrainArguments()
    try give(&arguments.flags)
    arguments.architectureFile = architecture
    let given = try arguments.given()
    return try RunError.ofUsage {
      try OptionsResolution.newRun(given, ranks: 1, out: "", relativeTo: "/").architecture
    }
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
