import Communication
import Files
import Options
import Reporting
import Training

/// Runs a training from one step to its end, on one rank or many.
///
/// All ranks run the same loop. What one rank alone knows (rank 0's clock, a request to stop) goes into the
/// step's own reduction, so that all ranks decide alike (Note [Collective order]).
final class TrainingLoop {
  private let options: RunOptions
  private let context: RunContext
  private let rules: DueRules
  private let secondsAtStart: Double
  private var clock: StepClock
  private var progress: LoopProgress
  private var metrics: MetricsLines
  private var failures: FailureResponse?
  /// When the newest checkpoint was written, or the loop began, by `Pace.now()`.
  private var lastCheckpoint = Pace.now()

  /// Completed steps.
  private(set) var step: Int

  init(_ context: RunContext, from start: RunStart) {
    self.context = context
    options = context.options
    rules = DueRules(
      intervals: options.intervals, checkEvery: options.rankSettings.checkEvery,
      epochs: context.draws.epochs, lastStep: context.lastStep)
    step = start.step
    secondsAtStart = start.seconds
    clock = StepClock(
      before: start.seconds, images: context.draws.images(after: start.step), step: start.step)
    progress = LoopProgress(context, rules)
    metrics = MetricsLines(context, interval: start.interval)
    if context.communicator.isRoot { failures = FailureResponse(options, log: context.log) }
  }

  /// The sentence that says why rank 0 stops the run as failing; nil: it does not, or this is another rank.
  var failure: String? { failures?.reason }

  /// Trains to the end and writes what is due on the way. Before any stop it writes a checkpoint. Collective.
  /// - Returns: why the run stopped before its end (Note [Signals]); nil: it is at its end.
  /// - Throws: `RunError` where a loss is not finite or replicas differ; errors of data, files and the
  ///   message layer.
  func run() throws -> StopReason? {
    defer { progress.finish() }
    LastWords.setStep(step)
    try writeSheet()
    progress.mark(step: step)
    while !isPastEnd {
      let totals = try makeStep()
      let due = DueAfterStep(
        afterStep: step, stop: totals.stopRequested, checkpointRequested: totals.checkpointRequested, rules)
      if due.finishesGeneratorUpdate { try clock.timeStep { try context.step.finishGeneratorUpdate() } }
      try FiniteCheck(context: context).look(at: totals, step: step, isSettled: due.finishesGeneratorUpdate)
      progress.mark(step: step)
      metrics.add(totals)
      failures?.look(at: totals, step: step)
      if due.metrics {
        progress.imagesPerSecond = try metrics.write(totals, step: step, &clock, failures).imagesPerSecond
      }
      progress.show(metrics.interval, step: step, seconds: clock.seconds, logLine: due.logLine)
      if due.logLine { metrics.beginInterval() }
      if due.replicaCheck { try context.checkReplicas(step: step) }
      if due.checkpoint { try writeCheckpoint(due) }
      // After the checkpoint: if the process is killed meanwhile, only pictures are lost, and no step.
      if due.sheet {
        do {
          try writeSheet()
        } catch let error as FileError where due.ends {
          // The run is saved: a sheet that cannot be written must not turn a planned stop into an error.
          context.log.warning("\(error)")
        }
      }
      if due.ends { writeClosing() }
      if due.ends { return due.isLast ? nil : due.stop }
    }
    return nil
  }

  /// Whether the run is at its last step, or a resumed run has used up its minutes already. The minutes are
  /// those of the checkpoint, which are the same on all ranks.
  private var isPastEnd: Bool {
    rules.isEnd(step) || (options.length.minutes.map { secondsAtStart >= $0 * 60 } ?? false)
  }

  /// Makes the next step. Collective.
  /// - Returns: the losses over all ranks, and why all ranks stop after the step.
  private func makeStep() throws -> StepTotals {
    // From here on errors belong to the step that is being made.
    LastWords.setStep(step + 1)
    if case .taken = context.owner?.standing { _ = try context.owner?.check() }
    let batch = context.draws.batch(ofStep: step)
    context.progress.begin(step: step + 1)
    try context.fault?.strike(step: step + 1)
    // Rank 0's clock decides for all, on the end and on checkpoints.
    let timeIsUp = context.communicator.isRoot && minutesAreUp
    let totals = try clock.timeStep {
      try context.timing("step", .step(step + 1)) {
        try context.step.run(
          step: step, batch: batch, stopRequested: timeIsUp ? .timeIsUp : stopReason,
          checkpointRequested: context.communicator.isRoot && isTimeForCheckpoint
        ) {
          try context.nextReals()
        }
      }
    }
    context.progress.completeStep()
    step += 1
    return totals
  }

  /// Why this rank asks all to stop after the step; nil: it does not.
  private var stopReason: StopReason? {
    if context.owner?.standing == .gone { return .folderGone }
    return StopSignals.reason ?? (failure == nil ? nil : .failure)
  }

  private var minutesAreUp: Bool {
    guard let minutes = options.length.minutes else { return false }
    // The step that begins now is to be the last one if the minutes will be up when it ends.
    return clock.seconds + (progress.secondsPerStep ?? 0) >= minutes * 60
  }

  private var isTimeForCheckpoint: Bool {
    // After the step that begins now, unless the step after it ends in time too.
    let seconds = Pace.now() - lastCheckpoint + 2 * (progress.secondsPerStep ?? 0)
    return rules.intervals.checkpoint.isDue(after: seconds, isFirst: context.lastCheckpoint == nil)
  }

  private func writeSheet() throws {
    guard let outputs = context.outputs else { return }
    context.progress.enter(.writingSheet)
    try context.timing("sheet", .step(step)) {
      let pictures = try outputs.writeSheet(step: step)
      failures?.look(at: pictures, reals: outputs.realStatistics, step: step)
      try outputs.writeLosses()
    }
    context.progress.beat()
  }

  /// Collective.
  private func writeCheckpoint(_ due: DueAfterStep) throws {
    // A last step may end a little before the minutes are up. The run is at its end all the same, so a resume must
    // find them used up.
    let minutes = due.stop == .timeIsUp ? options.length.minutes : nil
    let seconds = max(clock.seconds, (minutes ?? 0) * 60)
    try context.timing("checkpoint", .step(step)) {
      try context.saveCheckpoint(step: step, seconds: seconds, interval: metrics.interval)
    }
    lastCheckpoint = Pace.now()
  }

  private func writeClosing() {
    guard let outputs = context.outputs else { return }
    context.progress.enter(.writingAnimation)
    context.timing("animation", .step(step)) {
      for complaint in outputs.writeClosing(step: step, beat: { context.progress.beat() }) {
        context.log.warning(complaint)
      }
    }
    context.progress.beat()
  }
}
