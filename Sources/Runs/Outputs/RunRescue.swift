import CSignals
import Checkpoints
import Files
import Foundation
import Reporting

extension RunContext {
  /// Saves the state to a folder beside that of the run, which is gone: options, metrics and a checkpoint, so that a
  /// resume can go on from there. On rank 0 alone, once.
  /// - Throws: `FileError`, `RunError`.
  func saveElsewhere(_ info: CheckpointInfo, _ outputs: RunOutputs) throws {
    guard rescue == nil else { return }
    let path = try RunFolders.reserveBeside(options.out)
    log.warning("the run's folder \(options.out) is gone; the run is saved in \(path)")
    let folder = Reporting.RunFolder(path)
    var recorded = options
    recorded.out = path
    try AtomicFile.write(outputs.metricsText(), to: folder.metrics)
    let store = try CheckpointStore(writingTo: folder.checkpoints, keep: options.keep)
    _ = try checkpoints.write(info, to: store)
    // Last, as this file makes the folder one that can be gone on with.
    try AtomicFile.write(recorded.json(ranBy: program), to: folder.options)
    rescue = path
    lastCheckpoint = info.step
    LastWords.prepare(
      resumeLine: RunLog.goOnLine(path, ranks: communicator.size), rank: communicator.rank,
      host: communicator.hostName)
    csignals_page_set_folder(path)
    csignals_page_set_checkpoint(info.step)
  }
}
