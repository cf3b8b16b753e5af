import CSignals
import Cluster
import Communication
import Foundation
import Training

extension StopReason {
  /// The exit code of the process: 0 done, 1 an error, 75 saved and to be requeued (`EX_TEMPFAIL` of sysexits.h).
  var exitCode: Int32 {
    switch self {
    case .timeIsUp, .interrupt: RunExit.success
    case .requeue: RunExit.requeue
    case .failure, .folderGone: RunExit.failure
    }
  }
}

/// Signals that ask a run to end: USR1, USR2, TERM and HUP (end with 75), INT (end with 0).
///
/// Note [Signals]
/// ~~~~~~~~~~~~~~
/// A handler only sets a flag. If a handler saved a checkpoint, its rank would start a collective alone: the
/// other ranks are elsewhere in the step, or one of them is dead (mpirun then sends SIGTERM to the rest). So
/// each rank adds its flag to the sums that end a step (`StepSums`), all ranks see the same total, and all
/// leave after the same step. They save, report, meet at a barrier, finalize MPI and exit, in this order,
/// because mpirun ends all ranks as soon as one exits with a code other than 0. A second signal ends the
/// process at once, with code 128 + its number. The handler itself does that, as the main thread may be stuck
/// in a collective.
///
/// Ranks that this program started (`--ranks N`) read which signal the parent got from the page that they
/// share with it (`csignals_page.h`): mpirun hands on USR1 and USR2 only, so without the page no signal could
/// stand for Ctrl-C.
package enum StopSignals {
  /// Installs the handlers. To be called before anything else in `main`.
  package static func install() {
    csignals_stop_install()
    csignals_fatal_install()
  }

  /// Gives the signals their usual meaning back, for commands that have nothing to save. A signal that came
  /// before ends the process now.
  package static func release() { csignals_stop_release() }

  /// The number of the first signal that came; nil: none did.
  package static var first: Int32? { csignals_stop_first() == 0 ? nil : csignals_stop_first() }

  /// Whether this process ignores SIGHUP, as under nohup.
  package static var ignoresHangup: Bool { csignals_stop_ignores_hangup() != 0 }

  /// Whether SIGTERM came: after another rank's death mpirun sends it to those that are left.
  package static var wasTerminated: Bool { csignals_stop_was_terminated() != 0 }

  /// Why this rank was asked to stop, by a signal of its own or by the parent; nil: it was not asked.
  static var reason: StopReason? {
    let ordered = csignals_page_ordered()
    let signal = ordered != 0 ? ordered : csignals_stop_first()
    return signal == 0 ? nil : signal == SIGINT ? .interrupt : .requeue
  }

  /// Why any rank was asked to stop, the same on all ranks; nil: none was asked. For the time before the
  /// steps begin. Collective.
  /// - Throws: `CommunicationError`.
  static func agreed(_ communicator: any Communicator) throws -> StopReason? {
    let own = reason
    var asked = StopReason.allCases.map { UInt64($0 == own ? 1 : 0) }
    try communicator.allReduce(&asked, .max)
    return zip(StopReason.allCases, asked).first { $0.1 > 0 }?.0
  }
}
