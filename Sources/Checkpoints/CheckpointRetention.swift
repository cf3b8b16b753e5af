import Files
import Foundation

extension CheckpointStore {
  /// The steps of all checkpoints in the folder, ascending, with or without a manifest. Empty if there is no folder.
  /// - Throws: `FileError` if the folder cannot be read.
  package func steps() throws -> [Int] {
    do {
      return try Folder.list(directory).compactMap(CheckpointName.step(of:)).sorted()
    } catch let error as FileError where error.code == ENOENT {
      return []
    }
  }

  /// The checkpoint's name in the file `latest`; nil if there is no such file or it holds no such name.
  package func latest() -> String? {
    guard let text = try? String(contentsOfFile: "\(directory)/latest", encoding: .utf8) else { return nil }
    let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return CheckpointName.step(of: name) == nil ? nil : name
  }

  /// Removes all checkpoints after `step`, for a run that goes on from an older checkpoint, on purpose or because the
  /// newer ones are damaged. The newer checkpoints belong to steps that the run computes again, and a later resume
  /// would otherwise start from them. Call it after the checkpoint of `step` was read and before `metrics.jsonl` is
  /// cut to that step.
  /// - Returns: the names of the checkpoints removed.
  /// - Throws: `FileError`.
  @discardableResult
  package func removeNewer(than step: Int) throws -> [String] {
    precondition(writes, "the store was opened for reading")
    let newer = try steps().filter { $0 > step }.map(CheckpointName.of(step:))
    guard !newer.isEmpty else { return [] }
    if Folder.exists("\(directory)/\(CheckpointName.of(step: step))") {
      try AtomicFile.write(CheckpointName.of(step: step) + "\n", to: "\(directory)/latest")
    }
    // The newest first, so that a removal that is cut short leaves no gap.
    for name in newer.reversed() { try removeCheckpoint(name) }
    return newer
  }

  /// Keeps the `keep` newest of the checkpoints up to step `newest`, which was just written, and removes the older
  /// ones. There are checkpoints of later steps if the run went back to an earlier step. These are neither counted nor
  /// removed, as nobody asked to remove them.
  /// - Parameter undeleted: gets a sentence if a checkpoint cannot be removed.
  /// - Returns: the names of the checkpoints removed.
  func prune(newest: Int, undeleted: inout [String]) -> [String] {
    guard keep > 0 else { return [] }
    var removed: [String] = []
    do {
      for step in try completeSteps().filter({ $0 <= newest }).dropLast(keep) {
        let name = CheckpointName.of(step: step)
        try removeCheckpoint(name)
        removed.append(name)
      }
    } catch {
      undeleted.append("\(error)")
    }
    return removed
  }

  private func removeCheckpoint(_ name: String) throws {
    let hidden = hiddenPath(.removed, name)
    try Folder.remove(hidden)
    guard rename("\(directory)/\(name)", hidden) == 0 else {
      throw FileError(action: "remove", path: "\(directory)/\(name)")
    }
    atStage?(.removing)
    try Folder.remove(hidden)
  }

  /// Renames a checkpoint that a killed run had set aside back to its name, and removes the folders that the run left
  /// partly written or partly removed.
  func recover() throws {
    let names = try Folder.list(directory)
    let passing = names.compactMap { hidden in CheckpointName.parsePassing(hidden).map { (hidden, $0) } }
    for (hidden, parsed) in passing where parsed.kind == .aside {
      let target = "\(directory)/\(parsed.name)"
      guard !Folder.exists(target) else { continue }
      guard rename("\(directory)/\(hidden)", target) == 0 else {
        throw FileError(action: "write", path: target)
      }
    }
    for (hidden, _) in passing { try Folder.remove("\(directory)/\(hidden)") }
    for name in names where name.hasPrefix(".latest.") && name.hasSuffix(".tmp") {
      try Folder.remove("\(directory)/\(name)")
    }
    if !passing.isEmpty { try AtomicFile.flushFolder(directory) }
    // `latest` is old if a run was killed between the rename of a checkpoint and that of `latest`. An error is ignored:
    // the next checkpoint will report it, and until then nobody needs `latest`.
    if let newest = try completeSteps().last.map(CheckpointName.of(step:)), newest != latest() {
      try? AtomicFile.write(newest + "\n", to: "\(directory)/latest")
    }
  }

  /// The steps of all checkpoints that have a manifest, ascending. This program wrote no folder without a manifest.
  private func completeSteps() throws -> [Int] {
    try steps().filter { step in
      Folder.exists("\(directory)/\(CheckpointName.of(step: step))/\(CheckpointManifest.fileName)")
    }
  }
}
