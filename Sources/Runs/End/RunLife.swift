import CSignals
import Checkpoints
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
    say(request.resume.map { RunLog.goOnLine($0.run, ranks: communicator.size) })
    csignals_run_begins()
  }

  /// The run's folder is its own now, and may be gone on with once it holds a checkpoint.
  func folderIsReady() {
    if communicator.isRoot { csignals_page_set_folder(request.options.out) }
    if LastWords.resumeLine == nil { say(RunLog.nothingSaved(request.options.out)) }
  }

  /// The line that resumes; nil where nothing was saved.
  var goOnLine: String? {
    savedLine.flatMap { $0 == RunLog.nothingSaved(request.options.out) ? nil : $0 }
  }

  /// The line that resumes, or one that says that there is nothing to go on from, to be said before the cause of the
  /// run's end; nil where the run had no folder yet. What was saved may have been removed since: that takes the line
  /// back for all who say it after this.
  var savedLine: String? {
    let runs = [request.options.out] + (request.resume.map { [$0.run] } ?? [])
    let named = runs.first { LastWords.resumeLine == RunLog.goOnLine($0, ranks: communicator.size) }
    if let named, RunFolder(named).checkpointsAreGone {
      say(RunLog.nothingSaved(request.options.out))
    }
    return LastWords.resumeLine
  }

  private func say(_ line: String?) {
    LastWords.prepare(resumeLine: line, rank: communicator.rank, host: communicator.hostName)
  }

  /// A checkpoint of `run` that was named cannot be gone on with: unless another can, the line that resumes is taken
  /// back. On rank 0 alone, which speaks for all of it.
  static func nothingIsValid(in run: String, _ communicator: any Communicator) {
    let checkpoints = CheckpointStore(readingFrom: RunFolder(run).checkpoints)
    guard (try? checkpoints.newestValid())?.valid == nil else { return }
    LastWords.prepare(resumeLine: nil, rank: communicator.rank, host: communicator.hostName)
  }

  /// The run has ended, in order or with an error that is about to be told.
  func end() { csignals_run_ended() }
}

extension RunContext {
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

  /// Notes that the run's folder is gone and that the state after `step` was saved in `folder`: from now on that is
  /// the place to go on from. On all ranks, as any of them may have the last words.
  func noteRescue(in folder: String, step: Int) {
    rescue = folder
    lastCheckpoint = step
    LastWords.prepare(
      resumeLine: RunLog.goOnLine(folder, ranks: communicator.size), rank: communicator.rank,
      host: communicator.hostName)
    guard communicator.isRoot else { return }
    csignals_page_set_folder(folder)
    csignals_page_set_checkpoint(step)
  }
}
