import Configuration
import Foundation
import Reporting

extension ResumeRequest {
  /// The request to go on from `path`, which is the folder of a run or of a checkpoint. On rank 0 alone.
  /// - Throws: `ConfigurationError` if `path` is neither.
  static func locate(_ path: String) throws -> ResumeRequest {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let exists = FileManager.default.fileExists(atPath:)
    guard exists(path) else { throw ConfigurationError("--resume: there is no folder \(path)") }
    if RunFolder(path).has(.options) { return ResumeRequest(run: path) }
    let above = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent()
    let name = URL(fileURLWithPath: path).lastPathComponent
    if exists(path + "/manifest.json") || (name.hasPrefix("step-") && Int(name.dropFirst(5)) != nil) {
      let run = RunFolder(above.deletingLastPathComponent().path)
      guard run.has(.options) else {
        throw ConfigurationError(
          "--resume: the checkpoint \(path) is not within a run's folder: \(run.options) is missing")
      }
      return ResumeRequest(run: run.path, checkpoint: path)
    }
    throw ConfigurationError(
      "--resume: \(path) is neither a run's folder (it has no \(RunFolder.Entry.options.name)) nor a checkpoint (it has "
        + "no manifest.json); name runs/NAME or runs/NAME/checkpoints/step-NNNNNNNN")
  }
}
