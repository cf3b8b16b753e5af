import Files
import Foundation

// Note [Checkpoint atomicity]
//
// A process may be killed between any two system calls, and a machine may lose its power. Whatever the
// moment, the folder holds under each name `step-N` the old checkpoint, the new one, or nothing, never a part
// of one. In order:
//
//  1. Files are written under `.step-N.tmp-PID`, a name that no reader takes for a checkpoint, and each is
// brought to the disk (fsync). Killed here: rubbish, which the next run that opens the folder for writing
// removes. 2. The manifest is written after them and brought to the disk, then the list of names of the
// hidden folder. So a folder with a manifest is complete, and its manifest's hashes are of what was to be
// written. 3. The folder gets its name. If the name is free that is one rename, which the kernel does whole.
// If a checkpoint of this step is there already (a rerun of the same step), the two names are exchanged in
// one system call (renameat2, RENAME_EXCHANGE), and the hidden name then holds the old one. Where a file
// system cannot exchange (NFS), the old one is renamed to `.step-N.old-PID` and the new one to `step-N`.
// Killed between these two, the next opening for writing finds the aside one and no `step-N`, and renames it
// back: the old state. Until then readers see the checkpoints before it.
//  4. The parent folder is brought to the disk. Only from here on may anything old be removed, since only now
// does the new one outlive a power cut.
//  5. `latest` is replaced by a rename of its own. Killed before: it names the checkpoint before, which is
// still there, as nothing is pruned yet. Nobody needs `latest` to find the newest; it is for people and
// scripts. The next opening for writing puts it right.
//  6. The replaced one is removed under its hidden name, and those beyond `keep` after they were renamed to
//     `.step-N.del-PID`, so that a removal that is cut short does not leave a damaged `step-N`.
//
// An error in 1 to 3 (a full disk) removes the hidden folder; the checkpoints before and `latest` are
// untouched. On a disk that is full the room for the new one cannot be had by removing an old one first: that
// would trade a checkpoint that is there for one that may fail.

/// The checkpoints of a run: writes them whole or not at all, keeps the newest, finds the newest valid one.
///
/// One process writes to a folder at a time (rank 0 of the run); any number may read.
package struct CheckpointStore: Sendable {
  /// The folder, `RUN/checkpoints`.
  package let directory: String
  /// How many of the newest checkpoints are kept; 0 keeps all.
  package let keep: Int
  let writes: Bool

  /// What tests may set: how names are exchanged, and a call between the steps of Note [Checkpoint
  /// atomicity].
  package var canExchange = true
  package var atStage: (@Sendable (CheckpointStage) -> Void)?
  /// Called when a checkpoint is complete under its hidden name, before it gets its own. What it throws, `write` throws,
  /// and nothing of the checkpoint is left.
  package var beforeInstall: (@Sendable () throws -> Void)?

  /// Opens the folder for writing: creates it and its parents where they are missing, and clears away what a
  /// killed run left there. So no other process may be writing to it.
  /// - Parameters:
  ///   - directory: the folder, `RUN/checkpoints`.
  ///   - keep: how many of the newest checkpoints stay when a new one is complete; 0 keeps all.
  /// - Throws: `FileError`.
  package init(writingTo directory: String, keep: Int) throws {
    precondition(keep >= 0, "the number of checkpoints to keep is not negative")
    self.directory = directory
    self.keep = keep
    writes = true
    try Folder.create(directory)
    try recover()
  }

  /// Opens the folder for reading and changes nothing in it, so also while a run writes to it. It need not
  /// exist.
  package init(readingFrom directory: String) {
    self.directory = directory
    keep = 0
    writes = false
  }

  /// Writes a checkpoint, whole or not at all, over one of the same step if there is one; then sets `latest`
  /// to it; then removes the oldest beyond `keep`. See Note [Checkpoint atomicity].
  /// - Parameters:
  ///   - step: the step after which it is taken.
  ///   - model: the weights of both networks; `model.safetensors` gets only the metadata `format: pt`, so
  /// equal weights are equal files.
  ///   - optimizer: the optimizers' states.
  ///   - info: what to keep beside them, in the manifest: a JSON object.
  /// - Returns: the checkpoint, and what could not be cleared away.
  /// - Throws: `FileError`, `SafetensorsError`, `CheckpointError`; nothing of the new one is then left, and
  ///   the ones before and `latest` are untouched. Only if `latest` itself cannot be written is the new one
  /// there.
  @discardableResult
  package func write(
    step: Int, model: [TensorEntry], optimizer: [TensorEntry], info: some Encodable
  ) throws -> SavedCheckpoint {
    precondition(writes, "the store was opened for reading")
    let name = CheckpointName.of(step: step)
    let hidden = hiddenPath(.temporary, name)
    let target = "\(directory)/\(name)"
    let manifest: CheckpointManifest
    do {
      try Folder.remove(hidden)
      manifest = try fill(hidden, step: step, model: model, optimizer: optimizer, info: info, shownAs: target)
      try beforeInstall?()
      try install(hidden, as: name)
    } catch {
      try? Folder.remove(hidden)
      // The hidden folder means nothing to the reader of the message.
      guard let failure = error as? FileError else { throw error }
      throw FileError(action: "write", path: target, code: failure.code)
    }
    try AtomicFile.flushFolder(directory)
    try AtomicFile.write(name + "\n", to: "\(directory)/latest")
    atStage?(.latestWritten)
    var undeleted: [String] = []
    do {
      // A replaced one is under the first name after an exchange, under the second where it was set aside.
      for old in [hidden, hiddenPath(.aside, name)] { try Folder.remove(old) }
    } catch {
      undeleted.append("\(error)")
    }
    let removed = prune(newest: step, undeleted: &undeleted)
    return SavedCheckpoint(
      path: target, name: name, manifest: manifest, removed: removed, undeleted: undeleted)
  }

  /// Writes all files of a checkpoint into the new folder `hidden`, the manifest last, brought to the disk.
  private func fill(
    _ hidden: String, step: Int, model: [TensorEntry], optimizer: [TensorEntry], info: some Encodable,
    shownAs: String
  ) throws -> CheckpointManifest {
    guard mkdir(hidden, 0o777) == 0 else { throw FileError(action: "write", path: shownAs) }
    atStage?(.folderCreated)
    var files: [String: FileDigest] = [:]
    for (file, tensors) in [
      (CheckpointManifest.modelFile, model), (CheckpointManifest.optimizerFile, optimizer),
    ] {
      files[file] = try Safetensors.create(
        tensors, metadata: ["format": "pt"], path: "\(hidden)/\(file)", shownAs: "\(shownAs)/\(file)")
      atStage?(.fileWritten)
    }
    let manifest = CheckpointManifest(step: step, files: files)
    let json = try manifest.encoded(info: info, path: shownAs)
    let output = try HashedOutput(creating: "\(hidden)/\(CheckpointManifest.fileName)", shownAs: shownAs)
    try json.withUnsafeBytes { try output.append($0) }
    _ = try output.finish()
    try AtomicFile.flushFolder(hidden)
    atStage?(.manifestWritten)
    return manifest
  }

  /// Gives the complete folder `hidden` the name `name`. What had the name has then one that no reader knows.
  private func install(_ hidden: String, as name: String) throws {
    let target = "\(directory)/\(name)"
    if !Folder.exists(target) {
      guard rename(hidden, target) == 0 else { throw FileError(action: "write", path: target) }
    } else if !canExchange || !Folder.exchange(hidden, target) {
      let old = hiddenPath(.aside, name)
      try Folder.remove(old)
      guard rename(target, old) == 0 else { throw FileError(action: "write", path: target) }
      atStage?(.setAside)
      guard rename(hidden, target) == 0 else {
        let code = errno
        rename(old, target)
        throw FileError(action: "write", path: target, code: code)
      }
    }
    atStage?(.renamed)
  }

  func hiddenPath(_ kind: CheckpointName.Passing, _ name: String) -> String {
    "\(directory)/\(CheckpointName.passing(kind, name, process: getpid()))"
  }
}

/// A checkpoint that was just written.
package struct SavedCheckpoint: Sendable {
  /// Its folder.
  package let path: String
  /// The folder's name, `step-00000200`.
  package let name: String
  /// What its manifest says.
  package let manifest: CheckpointManifest
  /// The names of older checkpoints that were removed for it.
  package let removed: [String]
  /// Sentences about old ones that could not be removed; the run can go on.
  package let undeleted: [String]

  /// The bytes of its files, without the manifest.
  package var bytes: Int { manifest.files.values.reduce(0) { $0 + $1.bytes } }
}

/// The moments between the steps of Note [Checkpoint atomicity], for tests that look at the folder at each.
package enum CheckpointStage: CaseIterable, Sendable {
  case folderCreated, fileWritten, manifestWritten, setAside, renamed, latestWritten, removing
}
