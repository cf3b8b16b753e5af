import Communication
import Networks
import Training

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
  ///   - body: gives the exit code.
  /// - Returns: the exit code.
  /// - Throws: an error that all ranks have alike.
  static func run(
    ranks asked: Int?, configured: Int? = nil, _ body: (any Communicator) throws -> Int32
  ) throws -> Int32 {
    guard let launch = LaunchEnvironment.current else {
      let ranks = asked ?? configured ?? 1
      if ranks > 1 { return try Launcher(ranks: ranks).run() }
      return try body(SingleProcessCommunicator())
    }
    // Told before MPI starts where the launcher says its number, as nobody waits for anybody then.
    if let size = launch.worldSize { try check(asked, against: size, launch) }
    let communicator = try MPICommunicator.initialize()
    ParentWatch.start(communicator)
    let code: Int32
    do {
      try check(asked, against: communicator.size, launch)
      code = try body(communicator)
    } catch {
      guard communicator.size > 1, !isShared(error) else {
        try end(communicator, saying: error)
        throw error
      }
      Output.person("error: rank \(communicator.rank) on \(communicator.hostName): \(error)")
      communicator.abort(code: ErrorReport.failure)
    }
    try end(communicator, saying: nil)
    return code
  }

  /// Whether every rank has this error, so that all of them come to `end`.
  private static func isShared(_ error: any Error) -> Bool { error is RunError }

  /// Leaves together. mpirun ends all ranks as soon as one exits with an error, so rank 0 speaks before the
  /// barrier; that it is said again by `main` is prevented by throwing the exit code on.
  private static func end(_ communicator: any Communicator, saying error: (any Error)?) throws {
    var code: Int32 = 0
    if let error { code = ErrorReport.tell(error) }
    try communicator.barrier()
    try MPICommunicator.finalize()
    if error != nil { throw CommandExit(code: code) }
  }

  private static func check(_ asked: Int?, against size: Int, _ launch: LaunchEnvironment) throws {
    guard let asked, asked != size else { return }
    throw RunError(
      "--ranks \(asked) disagrees with \(launch.launcher.rawValue), which started \(size): leave --ranks out, or "
        + "start \(asked)", code: ErrorReport.usage)
  }
}

/// A command that has said everything; only the exit code is left.
struct CommandExit: Error {
  /// The process's exit code.
  let code: Int32
}
