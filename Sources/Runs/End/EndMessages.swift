import Cluster
import Foundation
import Recipes
import Reporting
import Training

extension RunLog {
  /// Says on rank 0 that a run is at its end, after `steps` steps, and how to train longer.
  func conclude(_ context: RunContext, steps: Int) {
    let folder = RunFolder(context.options.out)
    let length = context.options.length
    let byEpochs = length.epochs.map(context.draws.epochs.step(atEpochs:))
    let (ended, more): (String, String)
    if let minutes = length.minutes, context.lastStep.map({ steps < $0 }) ?? true {
      let words = String(format: "%g", minutes)
      (ended, more) = ("--minutes \(words)", "--more-minutes \(words)")
    } else if let epochs = length.epochs, let byEpochs, byEpochs <= steps {
      let words = String(format: "%g", epochs)
      (ended, more) = ("--epochs \(words)", "--more-epochs \(words)")
    } else {
      (ended, more) = ("--steps \(length.steps ?? steps)", "--more-steps \(max(1, steps))")
    }
    info(
      "done after \(steps) steps, the length of the run (\(ended)); the newest sheet is \(folder.sample(step: steps))"
    )
    info("to train longer: \(Self.resumeLine(context.options.out, ranks: context.communicator.size)) \(more)")
  }

  /// Says on rank 0 that a signal stopped the run, once everything is saved.
  /// - Parameters:
  ///   - begun: whether a step was made since the start.
  ///   - resumeLine: the line that resumes; nil: there is nothing to resume.
  func concludeEarly(_ reason: StopReason, step: Int, begun: Bool, resumeLine: String?) {
    let asked = reason == .interrupt ? "interrupted" : "ended by a signal"
    let saved =
      begun ? "after step \(step), which is saved" : "before the first step, so there is nothing new to save"
    let requeue = reason == .requeue ? "; exit code 75 asks to be started again" : ""
    info("\(asked) \(saved)\(requeue)")
    if let resumeLine { info(resumeLine) }
  }

  /// The line that resumes `run`, at a stop before its end.
  static func goOnLine(_ run: String, ranks: Int) -> String { "to go on: \(resumeLine(run, ranks: ranks))" }

  /// The line that stands in place of `goOnLine` where `run` has saved nothing, or what it saved is gone.
  package static func nothingSaved(_ run: String) -> String {
    "nothing to go on from: \(run) holds no checkpoint"
  }

  private static func resumeLine(_ run: String, ranks: Int) -> String {
    LaunchCommand.line(
      ["dcgan-dist", "train", "--resume", run] + (ranks > 1 ? ["--ranks", "\(ranks)"] : []))
  }
}
