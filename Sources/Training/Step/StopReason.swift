/// Why a run stops where it would have gone on.
package enum StopReason: CaseIterable, Sendable {
  // The strongest first: what is over needs no requeue, and a job that its scheduler ends is no person's Ctrl-C.
  /// `--minutes` are over: the run has reached its end.
  case timeIsUp
  /// The run's folder was moved or removed: there is nothing that a job that is started again could find.
  case folderGone
  /// A signal asked for the end: what is saved goes on when it is started again.
  case requeue
  /// A person's Ctrl-C.
  case interrupt
  /// The training fails, and `--on-failure stop` asks for the end.
  case failure
}
