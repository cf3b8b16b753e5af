import Foundation

/// The names of signals, and what often causes them.
enum SignalNames {
  private static let known: [Int32: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
    SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
    SIGUSR2: "SIGUSR2", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU",
  ]

  /// `SIGKILL`; `signal 40` where there is no name.
  static func name(_ signal: Int32) -> String { known[signal] ?? "signal \(signal)" }

  /// The name, with its probable cause where one is known.
  static func withCause(_ signal: Int32) -> String {
    switch signal {
    case SIGKILL: "SIGKILL, perhaps out of memory"
    case SIGBUS: "SIGBUS, perhaps a full /dev/shm"
    case SIGXCPU: "SIGXCPU, its limit of processor time"
    default: name(signal)
    }
  }
}
