import Foundation

/// What signals are called, and what often stands behind them.
enum SignalNames {
  private static let known: [Int32: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
    SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
    SIGUSR2: "SIGUSR2", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU",
  ]

  /// `SIGKILL`; `signal 40` where there is no name.
  static func name(_ signal: Int32) -> String { known[signal] ?? "signal \(signal)" }

  /// The name, with what probably sent it.
  static func withCause(_ signal: Int32) -> String {
    switch signal {
    case SIGKILL: "SIGKILL, perhaps out of memory"
    case SIGBUS: "SIGBUS, perhaps a full /dev/shm"
    case SIGXCPU: "SIGXCPU, its limit of processor time"
    default: name(signal)
    }
  }
}
