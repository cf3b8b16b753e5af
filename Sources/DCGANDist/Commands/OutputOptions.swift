import ArgumentParser
import Training

/// What a run writes for people to look at beside its sheets.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "on: write metrics and sheets for TensorBoard too, as events.out.tfevents files. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var tensorboard: Bool?

  /// Puts what was given into `given`.
  func give(_ given: inout GivenOptions) {
    given.outputSettings.tensorBoard = tensorboard
  }
}
