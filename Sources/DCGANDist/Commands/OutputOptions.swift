import ArgumentParser
import Training

/// What a run writes for people to look at beside its sheets.
struct OutputOptions: ParsableArguments {
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
      "on: make reals-and-fakes.png then, too: real pictures beside the newest sheet. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var realsAndFakes: Bool?

  /// Puts what was given into `given`.
  func give(_ given: inout GivenOptions) {
    given.outputSettings.tensorBoard = tensorboard
    given.outputSettings.animation = animation
    given.outputSettings.framesPerSecond = animationFps
    given.outputSettings.realsAndFakes = realsAndFakes
  }
}
