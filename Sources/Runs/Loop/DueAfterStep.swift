import Recipes
import Training

/// When a run writes and checks what, and when it ends: what `DueAfterStep` follows from.
package struct DueRules: Equatable, Sendable {
  /// How often lines of metrics, sheets and checkpoints are written.
  package let intervals: OutputIntervals
  /// After how many steps the ranks compare their replicas; before a checkpoint always.
  package let checkEvery: Int
  /// A fraction where pictures are drawn with replacement.
  package let stepsPerEpoch: Double
  /// Where the run ends, as far as steps and epochs tell; nil: they do not.
  package let lastStep: Int?

  /// Rules from their parts.
  package init(intervals: OutputIntervals, checkEvery: Int, stepsPerEpoch: Double, lastStep: Int?) {
    self.intervals = intervals
    self.checkEvery = checkEvery
    self.stepsPerEpoch = stepsPerEpoch
    self.lastStep = lastStep
  }

  /// Whether a run that has made `step` steps is at its end.
  package func isEnd(_ step: Int) -> Bool { lastStep.map { step >= $0 } ?? false }

  func isDue(_ interval: Interval, afterStep step: Int) -> Bool {
    interval.isDue(afterStep: step, stepsPerEpoch: stepsPerEpoch)
  }
}

/// What is done after a step, and whether the run ends with it. It follows from what all ranks know alike, so all of
/// them do the same (Note [Collective order]).
package struct DueAfterStep: Equatable, Sendable {
  /// Whether the run is at its end.
  package let isLast: Bool
  /// Why all stop after this step; nil: nobody asked for it.
  package let stop: StopReason?
  /// Whether the interval of the log asks for a line.
  package let logLine: Bool
  /// Whether a sheet is written.
  package let sheet: Bool
  /// Whether a checkpoint is written, which begins with a comparison of the replicas.
  package let checkpoint: Bool
  /// Whether the replicas are compared by themselves.
  package let replicaCheck: Bool

  /// What is due after `step`, counted from 1.
  /// - Parameter stop: what the ranks agreed on in the step.
  package init(afterStep step: Int, stop: StopReason?, _ rules: DueRules) {
    func isDue(_ interval: Interval) -> Bool { rules.isDue(interval, afterStep: step) }
    self.stop = stop
    isLast = stop == .timeIsUp || rules.isEnd(step)
    logLine = isDue(rules.intervals.log)
    sheet = isLast || isDue(rules.intervals.sample)
    checkpoint = isLast || stop != nil || isDue(rules.intervals.checkpoint)
    replicaCheck = !checkpoint && step % rules.checkEvery == 0
  }

  /// Whether no step follows.
  package var ends: Bool { isLast || stop != nil }
  /// Whether a line of metrics is written.
  package var metrics: Bool { isLast || logLine }
  /// Whether something after this step reads G, its optimizer or the norm of its gradient, so that its update cannot
  /// wait for the next step (Note [Overlap]).
  package var settlesGenerator: Bool { ends || logLine || sheet || checkpoint || replicaCheck }
}
