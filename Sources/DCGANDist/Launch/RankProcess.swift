import CSignals
import Cluster
import Communication
import Foundation
import Reporting
import Runs

/// Finds out which ranks this process belongs to, and runs a command on them.
enum RankProcess {
  /// Runs `body` on every rank: in the ranks that a launcher started; without a launcher in this process
  /// alone, or, where more than one rank is asked for, in ranks that this function starts.
  ///
  /// An error that is the same on all ranks is said by rank 0. Any other error is said by the rank that has
  /// it, with rank and host, and ends all ranks at once, as they may be waiting for this one.
  /// - Parameters:
  ///   - asked: `--ranks`; nil: not given.
  ///   - configured: `ranks` of a `--config` file; used only where this process would start the ranks.
  ///   - restarts: how often ranks are started again after a crash; nil: not given.
  ///   - savesOnSignals: whether `body` saves and ends by itself after a signal.
  ///   - body: the command on one rank; it returns the exit code.
  /// - Returns: the exit code.
  /// - Throws: an error that is the same on all ranks; `CommandExit` where the error was already said.
  static func run(
    ranks asked: Int?, configured: Int? = nil, restarts: Int? = nil, savesOnSignals: Bool = false,
    _ body: (any Communicator) throws -> Int32
  ) throws -> Int32 {
    let isChild = RankPage.join()
    guard let launch = LaunchEnvironment.current else {
      let ranks = asked ?? configured ?? 1
      if !isChild, ranks > 1 || (restarts ?? 0) > 0 {
        return try Launcher(ranks: ranks, restarts: restarts ?? 0, savesOnSignals: savesOnSignals).run()
      }
      return try alone(body)
    }
    guard !launch.isOutOfReach(whereMPINeedsPMIx: MPICommunicator.needsPMIx) else {
      throw unmet(launch, .current())
    }
    if !isChild, let restarts, restarts > 0 {
      throw RunError(
        "--max-restarts \(restarts) is for ranks that this program starts (--ranks N), and these were started by "
          + "\(launch.launcher.rawValue): leave it out, and start again from there, with --resume auto, after any "
          + "exit code but 0 and \(RunExit.usage)", code: RunExit.usage)
    }
    // Checked before MPI starts where the launcher's variables tell the number of ranks, as no rank waits for
    // another yet.
    if let size = launch.worldSize { try check(asked, against: size, launch) }
    // MPI installs its own handlers of fatal signals, and complains about handlers that are there already.
    csignals_fatal_remove()
    let communicator = try MPICommunicator.initialize()
    csignals_fatal_install()
    LastWords.prepare(resumeLine: nil, rank: communicator.rank, host: communicator.hostName)
    csignals_words_belong(Int32(communicator.rank), Int32(communicator.size))
    ParentWatch.start(communicator)
    if !isChild, communicator.localRank == 0, let sentence = SessionLeftovers().clear().sentence {
      Output.person("note: \(communicator.hostName): \(sentence)")
    }
    let code: Int32
    do {
      try check(asked, against: communicator.size, launch)
      code = try body(communicator)
    } catch {
      guard communicator.size > 1, !isShared(error) else {
        // Rank 0 speaks before the barrier: mpirun ends all ranks as soon as one exits with an error.
        let code = ErrorReport.tell(error)
        try end(communicator, code: code)
        throw CommandExit(code: code)
      }
      if error is CommunicationError { letAnotherSpeak() }
      LastWords.speak(cause: "\(error)")
      communicator.abort(code: RunExit.failure)
    }
    try end(communicator, code: code)
    return code
  }

  private static func alone(_ body: (any Communicator) throws -> Int32) throws -> Int32 {
    let communicator = SingleProcessCommunicator()
    ParentWatch.start(communicator)
    // An error goes on to `main`, which says it.
    let code = try body(communicator)
    csignals_stop_ignore()
    csignals_page_set_ended(code)
    return code
  }

  /// Whether every rank has this error, so that all ranks come to `end`.
  private static func isShared(_ error: any Error) -> Bool { error is RunError }

  /// Waits a while for mpirun to end this rank because another one has died. A failed message mostly follows
  /// from such a death, and then this rank has nothing of its own to say.
  private static func letAnotherSpeak() {
    let end = Date(timeIntervalSinceNow: 2)
    while Date() < end, !StopSignals.wasTerminated { Thread.sleep(forTimeInterval: 0.02) }
    if StopSignals.wasTerminated { Thread.sleep(forTimeInterval: 2) }
  }

  /// Ends MPI on all ranks together, once all is said and saved. Collective.
  private static func end(_ communicator: any Communicator, code: Int32) throws {
    try communicator.barrier()
    // When the first rank has exited, mpirun sends signals to the others; they mean nothing any more.
    csignals_stop_ignore()
    csignals_page_set_ended(code)
    try MPICommunicator.finalize()
  }

  /// The error where srun started tasks that MPI cannot make ranks of. It is thrown before MPI starts, as MPI
  /// would print 20 lines for each task, none of which helps.
  private static func unmet(_ launch: LaunchEnvironment, _ command: LaunchCommand) -> RunError {
    let tasks = launch.worldSize ?? 2
    let way = launch.meeting == .pmi ? "PMI" : "no way to find each other"
    return RunError(
      "srun started \(tasks) tasks with \(way), and \(MPICommunicator.libraryVersion) needs PMIx to make ranks of them; "
        + "start it with: \(command.bySrun(tasks: tasks)) (if srun --mpi=list names pmix), or in the shell of the job "
        + "(sbatch, salloc) with: \(command.byMPIRun(ranks: tasks))", code: RunExit.usage)
  }

  private static func check(_ asked: Int?, against size: Int, _ launch: LaunchEnvironment) throws {
    guard let asked, asked != size else { return }
    throw RunError(
      "--ranks \(asked) disagrees with \(launch.launcher.rawValue), which started \(size): leave --ranks out, or "
        + "start \(asked)", code: RunExit.usage)
  }
}

/// The end of a command that has said everything; only the exit code is left.
struct CommandExit: Error {
  /// The process's exit code.
  let code: Int32
}
