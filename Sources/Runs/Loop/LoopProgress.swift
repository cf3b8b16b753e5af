import Options
import Reporting
import Training

/// How far a run is and how fast it goes, shown on rank 0's console.
struct LoopProgress {
  private let options: RunOptions
  private let rules: DueRules
  private let display: ProgressDisplay?
  private var pace = Pace()
  /// Pictures a second by the newest line of metrics, shown until the pace of the newest steps is known.
  var imagesPerSecond = 0.0

  init(_ context: RunContext, _ rules: DueRules) {
    options = context.options
    self.rules = rules
    display = context.communicator.isRoot ? ProgressDisplay(log: context.log) : nil
  }

  /// The mean seconds of the newest steps; nil: no step was made yet.
  var secondsPerStep: Double? { pace.secondsPerStep }

  /// Notes that `step` steps are done. To be called once before the first step, too.
  mutating func mark(step: Int) { pace.mark(step: step) }

  /// Shows `step`, the newest.
  /// - Parameters:
  ///   - totals: those of the interval of the log, up to this step.
  ///   - seconds: training time so far, resumes included.
  ///   - logLine: whether a line about the step is due in the log.
  func show(_ totals: StepTotals, step: Int, seconds: Double, logLine: Bool) {
    display?.update(
      ProgressState(
        step: step, totalSteps: rules.lastStep, epoch: rules.epochs.epochs(after: step),
        totalEpochs: options.length.epochs,
        lossD: totals.lossReal + totals.lossFake, lossG: totals.lossGenerator, dReal: totals.realOpinion,
        dFakeBefore: totals.fakeOpinionBefore, dFakeAfter: totals.fakeOpinionAfter,
        imagesPerSecond: pace.secondsPerStep.map { Double(options.batchSize) / $0 } ?? imagesPerSecond,
        secondsLeft: secondsLeft(seconds), fraction: fraction(step, seconds)), isDue: logLine)
  }

  /// Leaves the newest state on the console.
  func finish() { display?.finish() }

  private func secondsLeft(_ seconds: Double) -> Double? {
    let bySteps = rules.lastStep.flatMap { pace.secondsLeft(to: $0) }
    let byClock = options.length.minutes.map { max(0, $0 * 60 - seconds) }
    return [bySteps, byClock].compactMap { $0 }.min()
  }

  private func fraction(_ step: Int, _ seconds: Double) -> Double? {
    let bySteps = rules.lastStep.map { Double(step) / Double($0) }
    let byClock = options.length.minutes.map { seconds / ($0 * 60) }
    return [bySteps, byClock].compactMap { $0 }.max()
  }
}
