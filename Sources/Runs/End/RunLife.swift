import CSignals
import Checkpoints
import Communication
import Reporting

/// Keeps what others need where a run ends early: the line that resumes the run, for the process's last
/// words, and the run's folder and newest checkpoint, for the parent that may speak for this process or start
/// it again.
struct RunLife {
  let communicator: any Communicator
  private let request: TrainRequest

  /// From here on, a process that calls `exit()` in the middle of the run says so as an error, until `end`.
  init(_ request: TrainRequest, _ communicator: any Communicator) {
    self.request = request
    self.communicator = communicator
    // Until a resumed run writes a checkpoint of its own, the run that it goes on from is the one to resume.
    say(request.resume.map { RunLog.goOnLine($0.run, ranks: communicator.size) })
    csignals_run_begins()
  }

  /// Notes that the run's folder is ready. A resume can go on from it once it holds a checkpoint.
  func folderIsReady() {
    if communicator.isRoot { csignals_page_set_folder(request.options.out) }
    if LastWords.resumeLine == nil { say(RunLog.nothingSaved(request.options.out)) }
  }

  /// The line that resumes; nil where nothing was saved.
  var goOnLine: String? {
    savedLine.flatMap { $0 == RunLog.nothingSaved(request.options.out) ? nil : $0 }
  }

  /// The line that resumes, or one that says that there is nothing to go on from; nil where the run had no
  /// folder yet. It is said before the cause of the run's end. If the checkpoints were removed meanwhile,
  /// this replaces the prepared line, so that whoever speaks later says that nothing is saved.
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

  /// Takes the line that resumes back, unless `run` has a valid checkpoint: called where the checkpoint that
  /// was asked for is not valid. On rank 0 alone, which says the last words for all ranks here.
  static func nothingIsValid(in run: String, _ communicator: any Communicator) {
    let checkpoints = CheckpointStore(readingFrom: RunFolder(run).checkpoints)
    guard (try? checkpoints.newestValid())?.valid == nil else { return }
    LastWords.prepare(resumeLine: nil, rank: communicator.rank, host: communicator.hostName)
  }

  /// Notes that the run has ended, in order or with an error that the caller is about to tell.
  func end() { csignals_run_ended() }
}

extension RunContext {
  /// Notes that the run's folder holds a checkpoint of `step`: from now on a resume starts from this folder.
  func noteCheckpoint(step: Int) {
    if lastCheckpoint == nil {
      LastWords.prepare(
        resumeLine: RunLog.goOnLine(options.out, ranks: communicator.size), rank: communicator.rank,
        host: communicator.hostName)
    }
    lastCheckpoint = step
    if communicator.isRoot { csignals_page_set_checkpoint(step) }
  }

  /// Notes that the run's folder is gone and that the state after `step` was saved in `folder`: from now on a
  /// resume starts from `folder`. Called on all ranks, as any of them may say the last words.
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
