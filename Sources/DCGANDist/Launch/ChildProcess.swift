import Foundation
import Training

/// A child in a process group of its own, to which this process passes its signals on.
///
/// Signals are blocked and taken one by one from a queue (`sigwait`), so that nothing runs in a handler.
final class ChildProcess {
  /// How a process ended.
  enum End: Equatable {
    /// By itself, with this code.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)
  }

  /// The last signal that was passed on as the order to end; nil if there was none.
  private(set) var endedBy: Int32?
  private let process: pid_t
  private var awaited: sigset_t

  /// Starts `executable`. Standard input is empty: nobody answers for N ranks.
  /// - Throws: `RunError` with the system's reason.
  init(_ executable: String, _ arguments: [String], environment: [String: String]) throws {
    awaited = sigset_t()
    sigemptyset(&awaited)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD] { sigaddset(&awaited, signal) }
    pthread_sigmask(SIG_BLOCK, &awaited, nil)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)

    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, executable, &actions, &attributes, &words, &variables)
    guard code == 0 else {
      throw RunError("\(executable) cannot be started: \(String(cString: strerror(code)))")
    }
    self.process = process
  }

  /// Passes signals on until the child ends.
  func wait() -> End {
    while true {
      var signal: Int32 = 0
      guard sigwait(&awaited, &signal) == 0 else { continue }
      switch signal {
      case SIGCHLD: if let end = reaped() { return end }
      // mpirun knows TERM as the order to end its ranks, and hands USR1 and USR2 on to them.
      case SIGUSR1, SIGUSR2: kill(process, signal)
      default:
        endedBy = signal
        kill(process, SIGTERM)
      }
    }
  }

  /// How the child ended, if it did.
  private func reaped() -> End? {
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }
}
