import ArgumentParser
import Recipes

/// What a run writes and says for people to look at.
struct OutputOptions: OptionFlags {
  @Option(
    help: ArgumentHelp(
      "Sample sheets of so many pictures across and down, each side up to 64. (default: the preset's, 8x8)",
      valueName: "CxR"), transform: Parse.grid)
  var sheet: PictureGrid?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pixels between a sheet's pictures and around them. (default: the preset's, 2)", valueName: "n"),
    transform: Parse.whole)
  var sheetPadding: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The grey of these pixels, from 0 (black) to 1 (white). (default: the preset's, 0)", valueName: "grey"),
    transform: Parse.number)
  var sheetGrey: Double?

  @Option(
    help: ArgumentHelp(
      "on: the sheets of networks with labels or codes name their rows and columns. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var sheetLabels: Bool?

  @Option(
    help: ArgumentHelp(
      """
      on: also write each picture of a sheet to a file of its own, samples/step-00000200/07.png. (default: the preset's, off)
      """, valueName: "on|off"), transform: Parse.onOff)
  var singlePictures: Bool?

  @Option(
    help: ArgumentHelp(
      "on: write metrics and sheets for TensorBoard too, as events.out.tfevents files. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var tensorboard: Bool?

  @Option(
    help: ArgumentHelp(
      "on: make progress.gif of the sample sheets at the end, and before any planned stop. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var animation: Bool?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Frames a second of progress.gif. (default: the preset's, 5)", valueName: "n"),
    transform: Parse.number)
  var animationFps: Double?

  @Option(
    help: ArgumentHelp(
      "on: also make reals-and-fakes.png then: real pictures beside the newest sheet. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var realsAndFakes: Bool?

  @Option(
    help: ArgumentHelp(
      "on: print the layers of the networks first; log.txt has them anyway. (default: the preset's, off)",
      valueName: "on|off"), transform: Parse.onOff)
  var layerTables: Bool?
}
