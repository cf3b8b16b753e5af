import CKernels
import Cluster
import Communication
import Foundation
import Options
import Recipes
import Reporting
import Training

/// Runs a training from one step to its end, on one rank or many.
///
/// All ranks run the same loop. What depends on the outside (the clock, a request to stop) is decided by one
/// rank and agreed on by all within the step's own reduction (Note [Collective order]).
final class TrainingLoop {
  private let options: RunOptions
  private let parts: RunContext
  private let communicator: any Communicator
  private let log: RunLog
  private let stepsPerEpoch: Double
  private let lastStep: Int?
  private let secondsAtStart: Double
  private var clock: StepClock
  private var pace = Pace()
  private var display: ProgressDisplay?
  private var imagesPerSecond = 0.0
  private var stragglers = StragglerWatch()
  private var failures: FailureResponse?

  /// Completed steps.
  private(set) var step: Int

  init(_ session: RunContext, from start: (step: Int, seconds: Double)) {
    parts = session
    options = session.options
    communicator = session.communicator
    log = session.log
    step = start.step
    stepsPerEpoch = session.stepsPerEpoch
    lastStep = session.lastStep
    secondsAtStart = start.seconds
    clock = StepClock(before: start.seconds, images: session.images(after: start.step), step: start.step)
    guard communicator.isRoot else { return }
    display = ProgressDisplay(log: log)
    failures = FailureResponse(options, log: log)
  }

  /// What rank 0 has stopped the run for; nil: nothing.
  var failure: String? { failures?.reason }

  /// Trains to the end and writes what is due on the way; a checkpoint before any stop.
  /// - Returns: why the run stopped before its end (Note [Signals]); nil: it is at its end.
  /// - Throws: `RunError` where the loss is no number any more; errors of data, files and the message layer.
  func run() throws -> StopReason? {
    defer { display?.finish() }
    LastWords.setStep(step)
    try writeSheet()
    pace.mark(step: step)
    var isLast = isPastEnd
    while !isLast {
      // From here on errors belong to the step that is being made.
      LastWords.setStep(step + 1)
      if case .taken = parts.owner?.standing { _ = try parts.owner?.check() }
      let batch = parts.batch(ofStep: step)
      parts.progress.begin(step: step + 1)
      try parts.fault?.strike(step: step + 1)
      // Rank 0's clock decides for all.
      let timeIsUp = communicator.isRoot && minutesAreUp
      let totals = try clock.timeStep {
        try parts.timing("step", .step(step + 1)) {
          try parts.step.run(
            step: step, batch: batch, stopRequested: timeIsUp ? .timeIsUp : stopReason
          ) {
            try parts.nextReals()
          }
        }
      }
      parts.progress.completeStep()
      step += 1
      isLast = totals.stopRequested == .timeIsUp || (lastStep.map { step >= $0 } ?? false)
      let stops = totals.stopRequested != nil
      let isSettled = isLast || stops || looksAtState
      if isSettled { try clock.timeStep { try parts.step.settle() } }
      try checkFinite(totals, isSettled: isSettled)
      try report(totals, isLast: isLast)
      failures?.look(at: totals, step: step)
      // A checkpoint's own check comes later in this step.
      if isCheckDue, !(isLast || stops || isDue(options.intervals.checkpoint)) {
        try parts.checkReplicas(step: step)
      }
      if isLast || isDue(options.intervals.sample) { try writeSheet() }
      if isLast || stops || isDue(options.intervals.checkpoint) { try writeCheckpoint() }
      // After the checkpoint: whoever ends this process before it is done takes a picture, not a step.
      if isLast || stops { writeClosing() }
      if stops, !isLast { return totals.stopRequested }
    }
    return nil
  }

  /// Whether a resumed run has nothing left to do; by the time of the checkpoint, which all ranks know alike.
  private var isPastEnd: Bool {
    (lastStep.map { step >= $0 } ?? false)
      || (options.length.minutes.map { secondsAtStart >= $0 * 60 } ?? false)
  }

  /// What this rank knows that asks for the end.
  private var stopReason: StopReason? {
    if parts.owner?.standing == .gone { return .folderGone }
    return StopSignals.reason ?? (failure == nil ? nil : .failure)
  }

  private var minutesAreUp: Bool {
    guard let minutes = options.length.minutes else { return false }
    // The step that begins now is the last if the next one would begin too late.
    return clock.seconds + (pace.secondsPerStep ?? 0) >= minutes * 60
  }

  /// Whether something after this step reads G, its optimizer or the norm of its gradient, so that its update
  /// cannot wait for the next step (Note [Overlap]).
  private var looksAtState: Bool {
    isDue(options.intervals.log) || isDue(options.intervals.sample) || isDue(options.intervals.checkpoint)
      || isCheckDue
  }

  /// Whether the ranks compare their replicas after this step. They do before every checkpoint, which is not
  /// counted here.
  private var isCheckDue: Bool { step % options.rankSettings.checkEvery == 0 }

  private func isDue(_ interval: Interval) -> Bool {
    interval.isDue(afterStep: step, stepsPerEpoch: stepsPerEpoch)
  }

  /// Stops the run where a loss is not finite, which all ranks see alike, or, where all updates are made, a
  /// gradient, and says where that began: the rank whose forward pass met it first knows the layer. (Between such
  /// steps a gradient that overflowed shows in the next step's losses.) Collective.
  private func checkFinite(_ totals: StepTotals, isSettled: Bool) throws {
    var overflowed = false
    if isSettled {
      // A rank's copy of a gradient may be its own where its memory fails, so the ranks agree on it.
      let own = parts.adversaries.all.contains { !$0.gradientNorm.isFinite }
      overflowed = try communicator.allReduce(UInt64(own ? 1 : 0), .max) > 0
    }
    guard overflowed || !totals.isFinite else { return }
    if overflowed, totals.isFinite { try parts.checkReplicas(step: step) }
    let found = try communicator.gather(parts.step.firstNonFinite ?? "")?.first { !$0.isEmpty } ?? ""
    let layer = try communicator.broadcast(found)
    func word(_ loss: Double) -> String { loss.isFinite ? String(format: "%.4g", loss) : "not a number" }
    let kept =
      parts.lastCheckpoint.map {
        "the checkpoint of step \($0) is the last good one, but going on from it would lead here again"
      } ?? "no checkpoint was written"
    throw RunError(
      "the loss of step \(step) is not finite (D's is \(word(totals.lossReal + totals.lossFake)), G's is "
        + "\(word(totals.lossGenerator))): "
        + (layer.isEmpty
          ? "a gradient overflowed" : "\(layer) is the first in the networks that is not finite")
        + "; \(kept): start a new run with a lower --lr-d and --lr-g, or another --seed"
    )
  }

  private func report(_ totals: StepTotals, isLast: Bool) throws {
    pace.mark(step: step)
    if isLast || isDue(options.intervals.log) { try writeMetrics(totals) }
    display?.update(
      ProgressState(
        step: step, totalSteps: lastStep, epoch: Double(step) / stepsPerEpoch,
        totalEpochs: options.length.epochs,
        lossD: totals.lossReal + totals.lossFake, lossG: totals.lossGenerator, dReal: totals.realOpinion,
        dFakeBefore: totals.fakeOpinionBefore, dFakeAfter: totals.fakeOpinionAfter,
        imagesPerSecond: pace.secondsPerStep.map { Double(options.batchSize) / $0 } ?? imagesPerSecond,
        secondsLeft: secondsLeft, fraction: fraction), isDue: isDue(options.intervals.log))
  }

  /// Rank 0 writes a line of metrics, and tells which ranks keep the others. Collective.
  private func writeMetrics(_ totals: StepTotals) throws {
    let images = parts.images(after: step)
    let interval = clock.interval(
      communication: parts.core.times, data: parts.dataSeconds, images: images, step: step)
    imagesPerSecond = interval.imagesPerSecond
    guard let ranks = try interval.times.gather(on: communicator) else { return }
    for notice in stragglers.observe(ranks.map(\.compute), steps: interval.steps) {
      let sentence = notice.sentence(hosts: parts.hosts)
      if case .slow = notice { log.warning(sentence) } else { log.info(sentence) }
    }
    try parts.outputs?.write(
      MetricsRecord(
        step: step, epoch: Double(step) / stepsPerEpoch, images: images, seconds: clock.seconds,
        imagesPerSecond: interval.imagesPerSecond, lossDReal: totals.lossReal, lossDFake: totals.lossFake,
        lossG: totals.lossGenerator, dReal: totals.realOpinion, dFakeBefore: totals.fakeOpinionBefore,
        dFakeAfter: totals.fakeOpinionAfter, lossCodes: totals.codeLoss, lossClasses: totals.classLoss,
        gradNormD: parts.adversaries.discriminator.gradientNorm,
        gradNormG: parts.adversaries.generator.gradientNorm,
        commSeconds: ranks.largest(\.communication.waited), dataSeconds: ranks.largest(\.data),
        waitSeconds: ranks.map(\.communication.waited),
        batchNormWaitSeconds: ranks.largest(\.communication.batchNorm),
        overlapPercent: ranks.overlapPercent, memoryBytes: Int(ranks.largest(\.memory))))
  }

  private var secondsLeft: Double? {
    let bySteps = lastStep.flatMap { pace.secondsLeft(to: $0) }
    let byClock = options.length.minutes.map { max(0, $0 * 60 - clock.seconds) }
    return [bySteps, byClock].compactMap { $0 }.min()
  }

  private var fraction: Double? {
    let bySteps = lastStep.map { Double(step) / Double($0) }
    let byClock = options.length.minutes.map { clock.seconds / ($0 * 60) }
    return [bySteps, byClock].compactMap { $0 }.max()
  }

  private func writeSheet() throws {
    guard let outputs = parts.outputs else { return }
    parts.progress.enter(.writingSheet)
    try parts.timing("sheet", .step(step)) {
      let pictures = try outputs.writeSheet(step: step)
      failures?.look(at: pictures, reals: outputs.realStatistics, step: step)
      try outputs.writeLosses()
    }
    parts.progress.beat()
  }

  private func writeClosing() {
    guard let outputs = parts.outputs else { return }
    parts.progress.enter(.writingAnimation)
    parts.timing("animation", .step(step)) {
      for complaint in outputs.writeClosing(step: step, beat: { parts.progress.beat() }) {
        log.warning(complaint)
      }
    }
    parts.progress.beat()
  }

  /// Collective.
  private func writeCheckpoint() throws {
    try parts.timing("checkpoint", .step(step)) {
      try parts.saveCheckpoint(step: step, seconds: clock.seconds)
    }
  }
}
