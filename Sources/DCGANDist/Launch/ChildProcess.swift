import Cluster
import Foundation
import Runs

/// A child process in a process group of its own, so that the terminal's signals reach only this process.
///
/// This process blocks signals and takes them one by one (`sigtimedwait`), so that no code runs in a handler.
final class ChildProcess {
  /// How a process ended.
  enum End: Equatable {
    /// It exited by itself, with this code.
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32)
  }

  /// What happened while this process waited.
  enum Event: Equatable {
    case ended(End)
    /// This process got a signal that asks for the end.
    case asked(Int32)
    /// Nothing happened for a quarter of a second.
    case nothing
  }

  /// The child's number.
  let process: pid_t
  private var awaited: sigset_t

  /// Starts `executable` with empty standard input, as no person can answer for N ranks.
  /// - Throws: `RunError` with the system's reason.
  init(_ executable: String, _ arguments: [String], environment: [String: String]) throws {
    awaited = sigset_t()
    sigemptyset(&awaited)
    for signal in [SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD] { sigaddset(&awaited, signal) }
    // Under nohup SIGHUP is ignored; if it were blocked and awaited here, it would be delivered all the same.
    if !StopSignals.ignoresHangup { sigaddset(&awaited, SIGHUP) }
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

  /// Waits up to a quarter of a second for the next thing to happen.
  func next() -> Event {
    // The child is looked at first, as one SIGCHLD may stand for the ends of several children.
    if let end = reaped() { return .ended(end) }
    var patience = timespec(tv_sec: 0, tv_nsec: 250_000_000)
    let signal = sigtimedwait(&awaited, nil, &patience)
    guard signal > 0 else { return .nothing }
    guard signal == SIGCHLD else { return .asked(signal) }
    return reaped().map(Event.ended) ?? .nothing
  }

  /// Sends the child a signal.
  func send(_ signal: Int32) { kill(process, signal) }

  /// How the child ended; nil: it runs.
  private func reaped() -> End? {
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }
}
