import Checkpoints
import Files
import Foundation
import Reporting

extension RunContext {
  /// Saves options, metrics and a checkpoint to a new folder beside the run's folder, which is gone, so that
  /// a resume can go on from there. On rank 0 alone, once.
  /// - Returns: the path of the new folder.
  /// - Throws: `FileError`, `CheckpointError`.
  func saveElsewhere(_ info: CheckpointInfo, _ outputs: RunOutputs) throws -> String {
    let path = try NewRunFolder.reserveBeside(options.out)
    log.warning("the run's folder \(options.out) is gone; the run is saved in \(path)")
    let folder = RunFolder(path)
    var recorded = options
    recorded.out = path
    try AtomicFile.write(outputs.metricsText(), to: folder.metrics)
    let store = try CheckpointStore(writingTo: folder.checkpoints, keep: options.keep)
    _ = try checkpoints.write(info, to: store)
    // Last, as a folder with this file counts as one that a resume can go on from.
    try AtomicFile.write(recorded.json(ranBy: program), to: folder.options)
    return path
  }
}
