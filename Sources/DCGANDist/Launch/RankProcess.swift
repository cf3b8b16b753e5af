import CSignals
import Cluster
import Communication
import Foundation
import Reporting
import Runs

/// Finds out which ranks this process belongs to, and runs a command on them.
enum RankProcess {
  /// Runs `body` on every rank: in this process alone, in the ranks that mpirun started, or, where more than
  /// one is asked for and no launcher is there, in ranks that this starts.
  ///
  /// An error that all ranks have alike is said by rank 0; any other is said by the rank that has it, with
  /// its name and host, and ends all ranks at once, as they may be waiting for this one.
  /// - Parameters:
  ///   - asked: `--ranks`; nil: not given.
  ///   - configured: `ranks` of a `--config` file; of account only where this process would have to start
  /// them.
  ///   - restarts: how often ranks are started again after a crash; nil: not given.
  ///   - savesOnSignals: whether `body` ends by itself, saved, after a signal.
  ///   - body: gives the exit code.
  /// - Returns: the exit code.
  /// - Throws: an error that all ranks have alike.
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
    // Told before MPI starts where the launcher says its number, as nobody waits for anybody then.
    if let size = launch.worldSize { try check(asked, against: size, launch) }
    // MPI has handlers of its own for signals of mistakes, and complains of those that are there before.
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
    // An error goes on to `main`, which has the words for it.
    let code = try body(communicator)
    csignals_stop_ignore()
    csignals_page_set_ended(code)
    return code
  }

  /// Whether every rank has this error, so that all of them come to `end`.
  private static func isShared(_ error: any Error) -> Bool { error is RunError }

  /// Waits for the end that mpirun brings when another rank has died: a message that does not get through is
  /// mostly its echo, and this rank has nothing to tell then.
  private static func letAnotherSpeak() {
    let end = Date(timeIntervalSinceNow: 2)
    while Date() < end, !StopSignals.wasTerminated { Thread.sleep(forTimeInterval: 0.02) }
    if StopSignals.wasTerminated { Thread.sleep(forTimeInterval: 2) }
  }

  /// Leaves together, once all is said and saved.
  private static func end(_ communicator: any Communicator, code: Int32) throws {
    try communicator.barrier()
    // What mpirun sends to the ranks that are left when the first has gone is no news.
    csignals_stop_ignore()
    csignals_page_set_ended(code)
    try MPICommunicator.finalize()
  }

  /// What is wrong where srun started tasks that MPI cannot make ranks of, told before MPI starts: it would say so
  /// in 20 lines a task, none of which helps.
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

/// A command that has said everything; only the exit code is left.
struct CommandExit: Error {
  /// The process's exit code.
  let code: Int32
}
