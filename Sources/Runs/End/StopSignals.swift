import CSignals
import Cluster
import Communication
import Foundation
import Training

extension StopReason {
  /// The exit code of the process: 0 done, 1 an error, 75 saved and to be requeued (`EX_TEMPFAIL` of sysexits.h).
  var exitCode: Int32 {
    switch self {
    case .timeIsUp, .interrupt: 0
    case .requeue: RunExit.requeue
    case .failure, .folderGone: RunExit.failure
    }
  }
}

/// Signals that ask a run to end: USR1, USR2, TERM and HUP (end with 75), INT (end with 0).
///
/// Note [Signals]
/// ~~~~~~~~~~~~~~
/// A handler only sets a flag. Were it to save, it would start a collective on its own: the others are elsewhere,
/// or one of them is dead, which is why mpirun sends SIGTERM to the rest. So each rank adds its flag to the
/// sums that end a step (`StepSums`), all see the same total, and all leave after the same step: save, report,
/// barrier, finalize, exit, in this order, as mpirun ends everybody when the first exits with a code other than
/// 0. A second signal means now, from the handler itself, as the main thread may be stuck in a collective; with
/// 128 + its number.
/// Ranks that a parent of ours started (`--ranks N`) find the signal that it got on the page they share with
/// it (`csignals_page.h`): mpirun would hand on USR1 and USR2 only, which leaves no word for Ctrl-C.
package enum StopSignals {
  /// Installs the handlers. To be called before anything else in `main`.
  package static func install() {
    csignals_stop_install()
    csignals_fatal_install()
  }

  /// Gives the signals their usual meaning back, for commands that have nothing to save. One that came before
  /// ends the process now.
  package static func release() { csignals_stop_release() }

  /// The first signal that came; nil: none did.
  package static var first: Int32? { csignals_stop_first() == 0 ? nil : csignals_stop_first() }

  /// Whether SIGHUP means nothing to this process, as under nohup.
  package static var ignoresHangup: Bool { csignals_stop_ignores_hangup() != 0 }

  /// Whether SIGTERM came: after another rank's death mpirun sends it to those that are left.
  package static var wasTerminated: Bool { csignals_stop_was_terminated() != 0 }

  /// What this rank was asked, by a signal of its own or by the parent.
  static var reason: StopReason? {
    let ordered = csignals_page_ordered()
    let signal = ordered != 0 ? ordered : csignals_stop_first()
    return signal == 0 ? nil : signal == SIGINT ? .interrupt : .requeue
  }

  /// What any rank was asked, before the steps begin. Collective.
  /// - Throws: `CommunicationError`.
  static func agreed(_ communicator: any Communicator) throws -> StopReason? {
    let own = reason
    var asked = StopReason.allCases.map { UInt64($0 == own ? 1 : 0) }
    try communicator.allReduce(&asked, .max)
    return zip(StopReason.allCases, asked).first { $0.1 > 0 }?.0
  }
}
