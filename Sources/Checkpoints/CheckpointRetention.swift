import Files
import Foundation

extension CheckpointStore {
  /// The steps of all checkpoints in the folder, ascending; those without a manifest included. Empty where
  /// there is no folder.
  /// - Throws: `FileError` where the folder cannot be read.
  package func steps() throws -> [Int] {
    do {
      return try Folder.list(directory).compactMap(CheckpointName.step(of:)).sorted()
    } catch let error as FileError where error.code == ENOENT {
      return []
    }
  }

  /// The name that the file `latest` holds, nil where there is none.
  package func latest() -> String? {
    guard let text = try? String(contentsOfFile: "\(directory)/latest", encoding: .utf8) else { return nil }
    let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return CheckpointName.step(of: name) == nil ? nil : name
  }

  /// Removes every checkpoint after `step`. For a run that goes on from an older checkpoint on purpose, or
  /// because the newer ones are damaged: what comes after belongs to a course that is given up, and would
  /// otherwise be taken for the newest. Call it when the checkpoint of `step` was read, and before
  /// `metrics.jsonl` is cut to it.
  /// - Returns: the names of those removed.
  /// - Throws: `FileError`.
  @discardableResult
  package func removeNewer(than step: Int) throws -> [String] {
    precondition(writes, "the store was opened for reading")
    let newer = try steps().filter { $0 > step }.map(CheckpointName.of(step:))
    guard !newer.isEmpty else { return [] }
    if Folder.exists("\(directory)/\(CheckpointName.of(step: step))") {
      try AtomicFile.write(CheckpointName.of(step: step) + "\n", to: "\(directory)/latest")
    }
    // From the newest on, so that a removal cut short leaves no gap.
    for name in newer.reversed() { try removeCheckpoint(name) }
    return newer
  }

  /// Removes those beyond the `keep` newest up to `newest`, which was just written and stays. Later ones (of
  /// a course that the run went back before) are neither counted nor touched: nothing is lost that nobody
  /// asked to remove.
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

  /// Brings back what a killed run had set aside, and removes what it left half written or half removed.
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
    // Killed between a checkpoint's rename and that of `latest`. On a disk where this fails, the next
    // checkpoint tells; nobody needs `latest` before.
    if let newest = try completeSteps().last.map(CheckpointName.of(step:)), newest != latest() {
      try? AtomicFile.write(newest + "\n", to: "\(directory)/latest")
    }
  }

  /// The steps of all checkpoints that have a manifest, ascending. Others are not of our writing.
  private func completeSteps() throws -> [Int] {
    try steps().filter { step in
      Folder.exists("\(directory)/\(CheckpointName.of(step: step))/\(CheckpointManifest.fileName)")
    }
  }
}
