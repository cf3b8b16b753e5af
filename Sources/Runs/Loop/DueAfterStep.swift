import Recipes
import Training

/// The rules that `DueAfterStep` follows: how often a run writes and checks, and where it ends.
package struct DueRules: Equatable, Sendable {
  /// How often lines of metrics, sheets and checkpoints are written.
  package let intervals: OutputIntervals
  /// The ranks compare their replicas every so many steps, and before each checkpoint.
  package let checkEvery: Int
  /// How steps and epochs belong together.
  package let epochs: EpochCount
  /// The last step by the number of steps or epochs; nil: neither is set.
  package let lastStep: Int?

  /// Rules from their parts.
  package init(intervals: OutputIntervals, checkEvery: Int, epochs: EpochCount, lastStep: Int?) {
    self.intervals = intervals
    self.checkEvery = checkEvery
    self.epochs = epochs
    self.lastStep = lastStep
  }

  /// Whether a run that has made `step` steps is at its end.
  package func isEnd(_ step: Int) -> Bool { lastStep.map { step >= $0 } ?? false }

  func isDue(_ interval: Interval, afterStep step: Int) -> Bool {
    interval.isDue(afterStep: step, epochs)
  }

  /// The steps with sheets of their own before the first by the interval, so that a person sees early how a run goes.
  package static let earlySheets = [25, 50, 100, 200]

  /// Whether `step` is one of `earlySheets` and the interval's first sheet is still to come.
  func isEarlySheet(_ step: Int) -> Bool {
    guard Self.earlySheets.contains(step) else { return false }
    switch intervals.sample {
    case .steps(let every): return step < every
    case .epoch: return epochs.firstStep == 0 && Double(step) < epochs.stepsPerEpoch
    }
  }
}

/// What is done after a step, and whether the run ends with that step. Everything it depends on is the same
/// on all ranks, so all ranks do the same (Note [Collective order]).
package struct DueAfterStep: Equatable, Sendable {
  /// Whether the run is at its end.
  package let isLast: Bool
  /// Why all ranks stop after this step; nil: nobody asked for it.
  package let stop: StopReason?
  /// Whether the interval of the log asks for a line.
  package let logLine: Bool
  /// Whether a sheet is written.
  package let sheet: Bool
  /// Whether a checkpoint is written, which begins with a comparison of the replicas.
  package let checkpoint: Bool
  /// Whether the replicas are compared without writing a checkpoint.
  package let replicaCheck: Bool

  /// What is due after `step`, counted from 1.
  /// - Parameters:
  ///   - stop: what the ranks agreed on in the step.
  ///   - checkpointRequested: whether the time for a checkpoint has come, which the ranks agreed on in the step.
  package init(
    afterStep step: Int, stop: StopReason?, checkpointRequested: Bool = false, _ rules: DueRules
  ) {
    func isDue(_ interval: Interval) -> Bool { rules.isDue(interval, afterStep: step) }
    self.stop = stop
    isLast = stop == .timeIsUp || rules.isEnd(step)
    logLine = isDue(rules.intervals.log)
    // A run that stops shows where it stands, unless there is no folder to show it in.
    let showsEnd = isLast || (stop != nil && stop != .folderGone)
    sheet = showsEnd || isDue(rules.intervals.sample) || rules.isEarlySheet(step)
    checkpoint =
      isLast || stop != nil || checkpointRequested || isDue(rules.intervals.checkpoint.steps)
    replicaCheck = !checkpoint && step % rules.checkEvery == 0
  }

  /// Whether no step follows.
  package var ends: Bool { isLast || stop != nil }
  /// Whether a line of metrics is written.
  package var metrics: Bool { isLast || logLine }
  /// Whether something after this step reads G, its optimizer or the norm of its gradient, so that its update cannot
  /// wait for the next step (Note [Overlap]).
  package var finishesGeneratorUpdate: Bool { ends || logLine || sheet || checkpoint || replicaCheck }
}
