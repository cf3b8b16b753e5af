import Cluster
import Communication
import Reporting
import Training

/// Makes a run's lines of metrics from the numbers of all ranks, and finds ranks that keep the others
/// waiting.
struct MetricsLines {
  private let context: RunContext
  private var stragglers = StragglerWatch()
  /// The totals of all steps since the interval of the log began. Checkpoints hold them, so that a run that stops within
  /// an interval and goes on writes the same lines.
  private(set) var interval: StepTotals

  /// Lines of a run that goes on within an interval whose totals so far are `interval`.
  init(_ context: RunContext, interval: StepTotals) {
    self.context = context
    self.interval = interval
  }

  /// Takes the totals of a step.
  mutating func add(_ step: StepTotals) { interval += step }

  /// Begins the next interval, after the line of the last one.
  mutating func beginInterval() { interval = .zero }

  /// Writes the line of `step` on rank 0, and says there which ranks are slower than the others. Collective.
  /// - Parameters:
  ///   - last: the totals of the step alone.
  ///   - failures: what watches the run, on rank 0.
  /// - Returns: this rank's mean times over the steps since the last line.
  /// - Throws: errors of files and the message layer.
  mutating func write(_ last: StepTotals, step: Int, _ clock: inout StepClock, _ failures: FailureResponse?)
    throws -> StepClock.Interval
  {
    let times = clock.interval(
      communication: context.stepContext.times, data: context.dataSeconds,
      images: context.draws.images(after: step), step: step)
    guard let ranks = try times.times.gather(on: context.communicator) else { return times }
    for notice in stragglers.observe(ranks.map(\.compute), steps: times.steps) {
      let sentence = notice.sentence(hosts: context.hosts)
      if case .slow = notice { context.log.warning(sentence) } else { context.log.info(sentence) }
    }
    let means = StepNumbers(interval)
    try context.outputs?.write(
      MetricsRecord(
        step: step, epoch: context.draws.epochs.epochs(after: step),
        images: context.draws.images(after: step),
        seconds: clock.seconds, imagesPerSecond: times.imagesPerSecond, means: means, last: StepNumbers(last),
        lossDShare: failures?.share(ofLoss: means.lossD),
        gradNormD: context.adversaries.discriminator.gradientNorm,
        gradNormG: context.adversaries.generator.gradientNorm,
        lrD: context.options.recipe.discriminator.rate(ofStep: step - 1),
        lrG: context.options.recipe.generator.rate(ofStep: step - 1),
        commSeconds: ranks.largest(\.communication.waited), dataSeconds: ranks.largest(\.data),
        waitSeconds: ranks.map(\.communication.waited),
        batchNormWaitSeconds: ranks.largest(\.communication.batchNorm),
        overlapPercent: ranks.overlapPercent, memoryBytes: Int(ranks.largest(\.memory)),
        watch: failures?.numbers ?? WatchNumbers()))
    return times
  }
}

extension StepNumbers {
  /// The means of a step's totals, or of several steps'.
  init(_ totals: StepTotals) {
    self.init(
      lossDReal: totals.lossReal, lossDFake: totals.lossFake, lossG: totals.lossGenerator,
      dReal: totals.realOpinion, dFakeBefore: totals.fakeOpinionBefore, dFakeAfter: totals.fakeOpinionAfter,
      lossCodes: totals.codeLoss, lossClasses: totals.classLoss)
  }
}
