import Cluster
import Communication
import Reporting
import Training

/// Runs a training, for the command line.
package enum TrainingRun {
  /// Trains from a finished request to the end of the run. Collective.
  /// - Parameter owner: holds the run's folder, on rank 0; nil on the others.
  /// - Returns: the exit code: 0, or 75 where a signal stopped the run.
  /// - Throws: `RunError`, which is the same on all ranks; any other error may be this rank's alone.
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
      let context = try RunContext(
        options, communicator: communicator, machine: machine, log: log, owner: owner, progress: progress,
        trace: request.trace)
      defer { context.close() }
      // A signal that came before this point ends the run before it changes any file.
      if let reason = try StopSignals.agreed(communicator) {
        if communicator.isRoot, request.folderIsReserved { NewRunFolder.removeIfEmpty(options.out) }
        return try leave(reason, step: 0, begun: false, life, log)
      }
      // Only now, when networks and data are ready: a run that cannot start must not replace another one.
      _ = try decidedByRankZero(communicator) { try prepareFolder(request, owner) }
      try succeedingOnAllRanks(communicator) {
        if let owner {
          try owner.inHeldFolder { try log.open(in: RunFolder(options.out)) }
        } else {
          try log.open(in: RunFolder(options.out))
        }
      }
      life.folderIsReady()
      let start = try begin(request, context)
      if communicator.isRoot { for note in request.notes { log.info(note) } }
      log.introduce(context, start: start.step)
      if let reason = try StopSignals.agreed(communicator) {
        return try leave(reason, step: start.step, begun: false, life, log)
      }
      context.startLoading(at: start.step)
      progress.beat()
      let loop = TrainingLoop(context, from: start)
      let reason = try loop.run()
      try context.writeTrace()
      if let error = folderLost(context) { throw error }
      if reason == .failure { throw try failed(loop, communicator) }
      if let reason { return try leave(reason, step: loop.step, begun: true, life, log) }
      if communicator.isRoot { log.conclude(context, steps: loop.step) }
      log.flush()
      progress.enter(.ending)
      try communicator.barrier()
      return 0
    } catch {
      // A rank with an error of its own does not wait for the others.
      watchdog?.close(together: error is RunError)
      if case .taken = owner?.standing {
        // Another process has the folder. The log is that process's now, so nothing is written to it; and as
        // that process goes on with the run, no line tells how to resume it.
        LastWords.prepare(resumeLine: nil, rank: ranks.rank, host: ranks.hostName)
        if let error = error as? LostFolder { LastWords.speakForAll(cause: error.description) }
        throw error
      }
      // The caller says both sentences on the console, as this rank's last words.
      if let line = life.savedLine { log.record(line) }
      log.record("error: \(error)")
      log.flush()
      throw error
    }
  }

  /// Ends a run that a signal stopped, once everything is saved. Collective.
  /// - Returns: the exit code.
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

  /// The error that ends a run by `--on-failure stop`, once everything is saved: rank 0's sentence, on all
  /// ranks. Collective.
  private static func failed(_ loop: TrainingLoop, _ communicator: any Communicator) throws -> RunError {
    let sentence = try communicator.broadcast(loop.failure ?? "")
    return RunError(
      "stopped after step \(loop.step), which is saved, as --on-failure stop asks: \(sentence); a resume goes on, "
        + "with --on-failure warn for good")
  }

  /// The error that ends a run whose folder was moved or removed, once everything is saved; nil: the folder
  /// is there. The same on all ranks.
  private static func folderLost(_ context: RunContext) -> RunError? {
    // The run may have made another step until all ranks knew.
    guard let rescue = context.rescue, let step = context.lastCheckpoint else { return nil }
    return RunError(
      "the run's folder \(context.options.out) is gone (moved or removed while the run went on); what it had learnt by "
        + "step \(step) is saved in \(rescue)")
  }

  /// Creates the run's folder on rank 0; with `--overwrite` it first removes the run that the folder holds.
  private static func prepareFolder(_ request: TrainRequest, _ owner: RunOwner?) throws -> Bool {
    let folder = RunFolder(request.options.out)
    guard let owner else { preconditionFailure("who writes to a run's folder owns it") }
    // Each call checks the owner anew, as loading data and networks may have taken minutes.
    if request.overwrite { try owner.inHeldFolder { try folder.clear() } }
    try owner.inHeldFolder { try folder.createFolders(rank: 0) }
    return true
  }

  /// Sets the state that the run starts from on all ranks: that of a new run, or that of a checkpoint.
  /// Collective.
  /// - Returns: the step and the training time of that state.
  private static func begin(_ request: TrainRequest, _ context: RunContext) throws -> RunStart {
    let start = try decidedByRankZero(context.communicator) { () throws -> RunStart in
      var found: RunStart?
      if let resume = request.resume, let length = request.length {
        found = try RunResume(resume, length, context).goOn()
      }
      // A run that starts anew as no checkpoint is valid counts from step 0.
      let anew = request.length?.more ?? context.options.length
      let start = found ?? RunStart(step: 0, seconds: 0, length: anew)
      context.options.length = start.length
      if found == nil { try StartingModel.load(context) }
      try context.openOutputs(goingOnFrom: found?.step)
      return start
    }
    context.options.length = start.length
    try context.checkpoints.broadcast()
    if start.isFromCheckpoint {
      if !start.isElsewhere {
        context.noteCheckpoint(step: start.step)
      } else {
        // The run goes on in another folder, which gets a checkpoint of its own at once, so that it depends
        // on no other folder.
        try context.saveCheckpoint(step: start.step, seconds: start.seconds, interval: start.interval)
      }
    }
    return start
  }
}
