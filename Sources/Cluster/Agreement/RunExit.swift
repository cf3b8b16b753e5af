/// The exit codes of the program, which scripts and schedulers depend on.
package enum RunExit {
  /// An error.
  package static let failure: Int32 = 1
  /// What was typed cannot be done (`EX_USAGE` of sysexits.h).
  package static let usage: Int32 = 64
  /// The run is saved and is to be started again (`EX_TEMPFAIL` of sysexits.h).
  package static let requeue: Int32 = 75
  /// Ended by a rank's watchdog.
  package static let watchdog: Int32 = 86
}
