import Checkpoints
import Cluster
import Communication
import Files
import Foundation
import Reporting
import Tensors
import Training

/// What the command line calls.
package enum TrainingRun {
  /// Trains. Collective.
  /// - Parameter owner: holds the run's folder, on rank 0; nil on the others.
  /// - Returns: the exit code: 0, or 75 where a signal stopped the run.
  /// - Throws: `RunError`, which all ranks have alike; any other error may be this rank's alone.
  package static func train(
    _ request: TrainRequest, owner: RunOwner?, communicator ranks: any Communicator
  ) throws -> Int32 {
    let log = RunLog(rank: ranks.rank)
    let options = request.options
    let watch = CommunicationWatch()
    let progress = RunProgress()
    let communicator = WatchedCommunicator(ranks, as: "all ranks", watch: watch)
    let life = RunLife(request, communicator)
    defer { life.end() }
    var watchdog: Watchdog?
    defer { watchdog?.close() }
    do {
      watchdog = try Watchdog.start(
        over: ranks, watch: watch, progress: progress, limit: options.rankSettings.watchdog, log: log)
      let machine = try Machine.settle(threads: options.threads, on: communicator)
      log.tell(machine)
      let parts = try RunContext(
        options, communicator: communicator, machine: machine, log: log, owner: owner, progress: progress,
        trace: request.trace)
      defer { parts.close() }
      // A signal that came so far ends the run before it touches anything.
      if let reason = try StopSignals.agreed(communicator) {
        if communicator.isRoot, request.folderIsReserved { NewRunFolder.removeIfEmpty(options.out) }
        return try leave(reason, step: 0, begun: false, life, log)
      }
      // Only now, when networks and data are there: what cannot start replaces nothing.
      _ = try decidedByRankZero(communicator) { try prepareFolder(request, owner) }
      try succeedingOnAllRanks(communicator) { try log.open(in: RunFolder(options.out)) }
      life.folderIsReady()
      let start = try begin(request, parts)
      log.introduce(parts, start: start.step)
      if let reason = try StopSignals.agreed(communicator) {
        return try leave(reason, step: start.step, begun: false, life, log)
      }
      parts.startLoading(at: start.step)
      progress.beat()
      let trainer = TrainingLoop(parts, from: start)
      let reason = try trainer.run()
      try parts.writeTrace()
      if let error = try folderLost(parts, at: trainer.step) { throw error }
      if reason == .failure { throw try failed(trainer, communicator) }
      if let reason { return try leave(reason, step: trainer.step, begun: true, life, log) }
      if communicator.isRoot { log.conclude(parts, steps: trainer.step) }
      log.flush()
      progress.enter(.ending)
      try communicator.barrier()
      return 0
    } catch let error as LostFolder {
      watchdog?.close(together: false)
      // Not in the log either, which is the other's now, and nothing to go on from: it goes on.
      LastWords.prepare(resumeLine: nil, rank: ranks.rank, host: ranks.hostName)
      LastWords.speakForAll(cause: error.description)
      throw error
    } catch {
      // Who has an error of its own does not wait for the others.
      watchdog?.close(together: error is RunError)
      // The caller says both on the console, as this rank's last words.
      if let line = life.savedLine { log.record(line) }
      log.record("error: \(error)")
      log.flush()
      throw error
    }
  }

  /// Leaves a run that a signal stopped, once all is saved. Collective.
  private static func leave(
    _ reason: StopReason, step: Int, begun: Bool, _ life: RunLife, _ log: RunLog
  ) throws -> Int32 {
    if life.communicator.isRoot {
      log.concludeEarly(reason, step: step, begun: begun, resumeLine: life.goOnLine)
    }
    log.flush()
    try life.communicator.barrier()
    return reason.exitCode
  }

  /// What ends a run that `--on-failure stop` ends, once all is saved: rank 0's sentence, on all ranks. Collective.
  private static func failed(_ trainer: TrainingLoop, _ communicator: any Communicator) throws -> RunError {
    let sentence = try communicator.broadcast(trainer.failure ?? "")
    return RunError(
      "stopped after step \(trainer.step), which is saved, as --on-failure stop asks: \(sentence); a resume goes on, "
        + "with --on-failure warn for good")
  }

  /// What ends a run whose folder was moved or removed, once all is saved: rank 0's sentence, on all ranks; nil: it is
  /// there. Collective.
  private static func folderLost(_ session: RunContext, at step: Int) throws -> RunError? {
    let rescue = try session.communicator.broadcast(session.rescue ?? "")
    guard !rescue.isEmpty else { return nil }
    return RunError(
      "the run's folder \(session.options.out) is gone (moved or removed while the run went on); what it had learnt by "
        + "step \(step) is saved in \(rescue)")
  }

  /// Makes the folder ready on rank 0: created, or cleared of another run on `--overwrite`.
  private static func prepareFolder(_ request: TrainRequest, _ owner: RunOwner?) throws -> Bool {
    let folder = RunFolder(request.options.out)
    // Data and networks may have taken minutes.
    guard try owner?.check() ?? false else { throw RunError("the folder \(folder.path) is gone") }
    if request.overwrite { try folder.clear() }
    try folder.createFolders(rank: 0)
    return true
  }

  /// Where the run starts: at its beginning, or at a checkpoint, whose state all ranks then have. Collective.
  private static func begin(
    _ request: TrainRequest, _ session: RunContext
  ) throws -> (step: Int, seconds: Double) {
    let start = try decidedByRankZero(session.communicator) { () throws -> Start in
      let found = try resumed(request, session)
      try session.openOutputs(goingOnFrom: found?.step)
      return found ?? Start(step: 0, seconds: 0)
    }
    try session.checkpoints.broadcast()
    if let resume = request.resume, start.step > 0 {
      if RunFolder(resume.run).isSamePlace(as: RunFolder(request.options.out)) {
        session.noteCheckpoint(step: start.step)
      } else {
        // Gone on with in another folder: from here on that one stands by itself.
        try session.saveCheckpoint(step: start.step, seconds: start.seconds)
      }
    }
    return (start.step, start.seconds)
  }

  private struct Start: Codable {
    var step: Int
    var seconds: Double
  }

  /// On rank 0: reads the checkpoint to go on from, and removes what came after it.
  /// - Returns: nil for a run that starts anew.
  private static func resumed(_ request: TrainRequest, _ session: RunContext) throws -> Start? {
    guard let resume = request.resume else { return nil }
    let log = session.log
    let search: CheckpointSearch
    do {
      search = try CheckpointStore.find(at: resume.checkpoint ?? resume.run)
    } catch let error as CheckpointError where !resume.isRequired {
      let kept = try RunFolder(request.options.out).setAsideCheckpoints()
      log.warning("\(error); the run starts anew, and what was there is in \(kept)")
      return nil
    } catch let error as CheckpointError {
      RunLife.nothingIsValid(in: resume.run, session.communicator)
      throw error
    }
    if let warning = search.warning { log.warning(warning) }
    guard let checkpoint = search.valid else { return nil }
    let info = try session.checkpoints.read(checkpoint)
    let now = session.checkpointInfo(step: info.step, seconds: info.seconds)
    try ResumeCheck(checkpoint: checkpoint.path, run: resume.run).check(info, against: now, session.dataset)
    log.info("going on from \(checkpoint.path)")
    for (what, then, now) in [
      ("instruction set", info.isa, now.isa), ("BLAS core", info.blasCore, now.blasCore),
      ("number of slices", "\(info.slices)", "\(now.slices)"),
    ] where then != now {
      log.warning("the \(what) was \(then) and is \(now): the run goes on, but not to the bit")
    }
    for (layer, ways) in (info.plans ?? [:]).sorted(by: { $0.key < $1.key }) where now.plans?[layer] != ways {
      log.warning(
        "the convolution plan of \(layer) was \(ways) and is \(now.plans?[layer] ?? "another"): the run goes on, but "
          + "not to the bit")
    }
    let folder = RunFolder(request.options.out)
    let own = try CheckpointStore(writingTo: folder.checkpoints, keep: request.options.keep)
    let then = RunFolder(resume.run)
    if !folder.isSamePlace(as: then) { try copyMetrics(from: then, to: folder) }
    try own.removeNewer(than: info.step)
    _ = try MetricsFile.truncate(folder.metrics, afterStep: info.step)
    try folder.removeSamples(after: info.step)
    return Start(step: info.step, seconds: info.seconds)
  }

  private static func copyMetrics(from run: RunFolder, to folder: RunFolder) throws {
    guard let text = try? String(contentsOfFile: run.metrics, encoding: .utf8), !folder.has(.metrics) else {
      return
    }
    try AtomicFile.write(text, to: folder.metrics)
  }
}
