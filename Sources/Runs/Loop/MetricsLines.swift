import Cluster
import Communication
import Reporting
import Training

/// Makes a run's lines of metrics from the numbers of all ranks, and finds ranks that keep the others
/// waiting.
struct MetricsLines {
  private let context: RunContext
  private var stragglers = StragglerWatch()

  init(_ context: RunContext) { self.context = context }

  /// Writes the line of `step` on rank 0, and says there which ranks are slower than the others. Collective.
  /// - Returns: this rank's means over the steps since the last line.
  /// - Throws: errors of files and the message layer.
  mutating func write(_ totals: StepTotals, step: Int, _ clock: inout StepClock) throws -> StepClock.Interval
  {
    let interval = clock.interval(
      communication: context.stepContext.times, data: context.dataSeconds,
      images: context.images(after: step), step: step)
    guard let ranks = try interval.times.gather(on: context.communicator) else { return interval }
    for notice in stragglers.observe(ranks.map(\.compute), steps: interval.steps) {
      let sentence = notice.sentence(hosts: context.hosts)
      if case .slow = notice { context.log.warning(sentence) } else { context.log.info(sentence) }
    }
    try context.outputs?.write(record(totals, step: step, seconds: clock.seconds, interval, ranks))
    return interval
  }

  private func record(
    _ totals: StepTotals, step: Int, seconds: Double, _ interval: StepClock.Interval, _ ranks: [RankTimes]
  ) -> MetricsRecord {
    MetricsRecord(
      step: step, epoch: Double(step) / context.stepsPerEpoch, images: context.images(after: step),
      seconds: seconds, imagesPerSecond: interval.imagesPerSecond, lossDReal: totals.lossReal,
      lossDFake: totals.lossFake, lossG: totals.lossGenerator, dReal: totals.realOpinion,
      dFakeBefore: totals.fakeOpinionBefore, dFakeAfter: totals.fakeOpinionAfter,
      lossCodes: totals.codeLoss, lossClasses: totals.classLoss,
      gradNormD: context.adversaries.discriminator.gradientNorm,
      gradNormG: context.adversaries.generator.gradientNorm,
      lrD: context.options.recipe.discriminator.rate(ofStep: step - 1),
      lrG: context.options.recipe.generator.rate(ofStep: step - 1),
      commSeconds: ranks.largest(\.communication.waited), dataSeconds: ranks.largest(\.data),
      waitSeconds: ranks.map(\.communication.waited),
      batchNormWaitSeconds: ranks.largest(\.communication.batchNorm),
      overlapPercent: ranks.overlapPercent, memoryBytes: Int(ranks.largest(\.memory)))
  }
}
