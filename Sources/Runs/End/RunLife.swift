import CSignals
import Communication
import Reporting

/// What others have to know of a run where it ends before its time: the process's last words, and the parent that
/// may speak for it or start it again.
struct RunLife {
  let communicator: any Communicator
  private let request: TrainRequest

  /// From here on an end of the process that nobody ordered is said as such.
  init(_ request: TrainRequest, _ communicator: any Communicator) {
    self.request = request
    self.communicator = communicator
    // Before its own first checkpoint, a run that was to go on can still be gone on with where it was.
    LastWords.prepare(
      resumeLine: request.resume.map { RunLog.goOnLine($0.run, ranks: communicator.size) },
      rank: communicator.rank, host: communicator.hostName)
    csignals_run_begins()
  }

  /// The run's folder is its own now, and may be gone on with.
  func folderIsReady() {
    if communicator.isRoot { csignals_page_set_folder(request.options.out) }
  }

  /// The line that resumes; nil where nothing was saved.
  var goOnLine: String? { LastWords.resumeLine }

  /// The run has ended, in order or with an error that is about to be told.
  func end() { csignals_run_ended() }
}

extension TrainingSession {
  /// Notes that the run's folder holds a checkpoint of `step`: from now on it is the place to go on from.
  func noteCheckpoint(step: Int) {
    if lastCheckpoint == nil {
      LastWords.prepare(
        resumeLine: RunLog.goOnLine(options.out, ranks: communicator.size), rank: communicator.rank,
        host: communicator.hostName)
    }
    lastCheckpoint = step
    if communicator.isRoot { csignals_page_set_checkpoint(step) }
  }
}
