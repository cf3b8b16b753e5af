/// The exit codes of the program, which scripts and schedulers depend on.
/// `StopReason.exitCode` (Runs/End) says which of them a planned stop has.
package enum RunExit {
  /// Done.
  package static let success: Int32 = 0
  /// An error.
  package static let failure: Int32 = 1
  /// What was typed cannot be done (`EX_USAGE` of sysexits.h).
  package static let usage: Int32 = 64
  /// The run is saved and is to be started again (`EX_TEMPFAIL` of sysexits.h).
  package static let requeue: Int32 = 75
  /// Ended by a rank's watchdog.
  package static let watchdog: Int32 = 86

  /// Ended at once by a signal, as shells have it. (A handler ends the process with it in C, csignals_stop.c.)
  package static func signal(_ number: Int32) -> Int32 { 128 + number }
}
