import Communication
import Foundation
import Training

/// Starts mpirun for `--ranks N`, passes signals on to it and gives back its exit code.
///
/// This process stays as the parent: it owns the terminal, keeps mpirun in a process group of its own, so
/// that Ctrl-C reaches it here first, and is the place from which a run can be started again.
struct Launcher {
  /// The world size to start.
  let ranks: Int

  /// Starts the ranks and waits for their end.
  /// - Returns: the exit code of this process.
  /// - Throws: `RunError` if mpirun is missing or cannot be started.
  func run() throws -> Int32 {
    let plan = try MPIRun(ranks: ranks, environment: ProcessInfo.processInfo.environment)
    for note in plan.notes { Output.person("note: \(note)") }
    let child = try ChildProcess(plan.executable, plan.arguments, environment: plan.environment)
    let end = child.wait()
    if let signal = child.endedBy {
      Output.person("error: stopped by \(Self.signalNames[signal] ?? "signal \(signal)")")
      return ErrorReport.failure
    }
    return tell(end)
  }

  /// The exit code for how mpirun ended. Codes of our own come through; for a rank that was killed, and so
  /// could not speak, the sentence is said here.
  private func tell(_ end: ChildProcess.End) -> Int32 {
    switch end {
    case .exited(let code):
      if [0, 1, ErrorReport.usage, 75, 86].contains(code) { return code }
      if code > 128, let name = Self.signalNames[code - 128] {
        Output.person("error: a rank was ended by signal \(code - 128) (\(name)), and the others with it")
      } else {
        Output.person("error: mpirun ended with exit code \(code)")
      }
    case .signalled(let signal):
      let name = Self.signalNames[signal].map { " (\($0))" } ?? ""
      Output.person("error: mpirun was ended by signal \(signal)\(name)")
    }
    return ErrorReport.failure
  }

  private static let signalNames: [Int32: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGABRT: "SIGABRT",
    SIGBUS: "SIGBUS, perhaps a full /dev/shm", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL, perhaps out of memory",
    SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM",
    SIGXCPU: "SIGXCPU",
  ]
}
