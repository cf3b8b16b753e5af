/// Why a run stops before its last step.
package enum StopReason: CaseIterable, Sendable {
  // The strongest reason comes first: a run that is over needs no requeue, and when the scheduler ends a
  // job, that is no person's Ctrl-C.
  /// The time of `--minutes` is over: the run has reached its end.
  case timeIsUp
  /// The run's folder was moved or removed, so a job that is started again would find nothing.
  case folderGone
  /// A signal asked for the end. A later start resumes from what is saved.
  case requeue
  /// A person's Ctrl-C.
  case interrupt
  /// The training fails, and `--on-failure stop` asks for the end.
  case failure
}
