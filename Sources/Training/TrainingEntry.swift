import Checkpoints
import Communication
import Foundation
import Networks
import Reporting

/// What the command line calls.
public enum TrainingEntry {
  /// Trains. Collective.
  /// - Returns: the exit code: 0.
  /// - Throws: `RunError`, which all ranks have alike; any other error may be this rank's alone.
  public static func train(_ request: TrainRequest, communicator: any Communicator) throws -> Int32 {
    let log = RunLog(rank: communicator.rank)
    let options = request.options
    var session: TrainingSession?
    do {
      let machine = try Machine.settle(threads: options.threads, on: communicator, log: log)
      let parts = try TrainingSession(
        options, communicator: communicator, machine: machine, log: log, trace: request.trace)
      session = parts
      defer { parts.close() }
      // Only now, when networks and data are there: what cannot start replaces nothing.
      _ = try decidedByRankZero(communicator) { try prepareFolder(request) }
      try succeedingOnAllRanks(communicator) { try log.open(in: Reporting.RunFolder(options.out)) }
      let start = try begin(request, parts)
      log.introduce(parts, start: start.step)
      parts.startLoading(at: start.step)
      let trainer = Trainer(parts, from: start)
      try trainer.run()
      try parts.writeTrace()
      if communicator.isRoot { log.conclude(parts, steps: trainer.step) }
      log.flush()
      try communicator.barrier()
      return 0
    } catch {
      // This rank's last words but one; the caller prints the error itself.
      if communicator.isRoot || !(error is RunError) {
        log.sayHowToGoOn(request, session: session, ranks: communicator.size)
      }
      log.record("error: \(error)")
      log.flush()
      throw error
    }
  }

  /// Makes the folder ready on rank 0: created, or cleared of another run on `--overwrite`.
  private static func prepareFolder(_ request: TrainRequest) throws -> Bool {
    let folder = Reporting.RunFolder(request.options.out)
    if request.overwrite { try RunFolders.clear(request.options.out) }
    try folder.createFolders(rank: 0)
    return true
  }

  /// Where the run starts: at its beginning, or at a checkpoint, whose state all ranks then have. Collective.
  private static func begin(
    _ request: TrainRequest, _ session: TrainingSession
  ) throws -> (step: Int, seconds: Double) {
    let start = try decidedByRankZero(session.communicator) { () throws -> Start in
      let found = try resumed(request, session)
      try session.openOutputs(isNew: found == nil)
      return found ?? Start(step: 0, seconds: 0)
    }
    try session.checkpoints.broadcast()
    if start.step > 0 { session.lastCheckpoint = start.step }
    if let resume = request.resume, start.step > 0, !RunFolders.samePlace(resume.run, request.options.out) {
      // Gone on with in another folder: from here on that one stands by itself.
      try session.saveCheckpoint(step: start.step, seconds: start.seconds)
    }
    return (start.step, start.seconds)
  }

  private struct Start: Codable {
    var step: Int
    var seconds: Double
  }

  /// On rank 0: reads the checkpoint to go on from, and removes what came after it.
  /// - Returns: nil for a run that starts anew.
  private static func resumed(_ request: TrainRequest, _ session: TrainingSession) throws -> Start? {
    guard let resume = request.resume else { return nil }
    let log = session.log
    let search: CheckpointSearch
    do {
      search = try CheckpointStore.find(at: resume.checkpoint ?? resume.run)
    } catch let error as CheckpointError where !resume.isRequired {
      let kept = try RunFolders.setAsideCheckpoints(of: request.options.out)
      log.warning("\(error); the run starts anew, and what was there is in \(kept)")
      return nil
    }
    if let warning = search.warning { log.warning(warning) }
    guard let checkpoint = search.valid else { return nil }
    let info = try session.checkpoints.read(checkpoint)
    log.info("going on from \(checkpoint.path)")
    let now = session.checkpointInfo(step: info.step, seconds: info.seconds)
    guard info.data == now.data else {
      throw RunError(
        "the data has changed since \(checkpoint.path) was written (it had \(info.data.pictures) pictures and now has "
          + "\(now.data.pictures), or files of other names or sizes), so this would be another run: put the data back, "
          + "or start anew")
    }
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
    let own = try CheckpointStore(writingTo: "\(request.options.out)/checkpoints", keep: request.options.keep)
    let metrics = Reporting.RunFolder(request.options.out).metrics
    if !RunFolders.samePlace(request.options.out, resume.run) {
      try copyMetrics(from: resume.run, to: metrics)
    }
    try own.removeNewer(than: info.step)
    _ = try MetricsFile.truncate(metrics, afterStep: info.step)
    return Start(step: info.step, seconds: info.seconds)
  }

  private static func copyMetrics(from run: String, to path: String) throws {
    let theirs = Reporting.RunFolder(run).metrics
    guard let text = try? String(contentsOfFile: theirs, encoding: .utf8), !RunFolders.exists(path) else {
      return
    }
    try AtomicFile.write(text, to: path)
  }
}
