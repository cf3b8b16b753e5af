import Files
import Foundation

// Note [Checkpoint atomicity]
//
// A process may be killed between any two system calls, and a machine may lose its power. At every moment, the
// folder holds under each name `step-N` the old checkpoint, the new one, or nothing, but never a part of a
// checkpoint. A checkpoint is written in this order:
//
//  1. The files are written into the folder `.step-N.tmp-PID`, whose name no reader takes for a checkpoint, and
//     each is flushed to the disk (fsync). If the process is killed here, this folder is left; the next run that
//     opens the store for writing removes it.
//  2. The manifest is written after the other files and flushed to the disk, then the hidden folder's list of names
//     is flushed. So a folder with a manifest is complete, and the hashes in the manifest are of the bytes that
//     were to be written.
//  3. The folder gets its name. If there is no `step-N` yet, this is one rename, which is atomic. If there is an
//     older checkpoint of this step (the step was computed again), the two names are exchanged in one system call
//     (renameat2, RENAME_EXCHANGE), and the old checkpoint then has the hidden name. If the file system cannot
//     exchange names (NFS), the old checkpoint is renamed to `.step-N.old-PID`, then the new one to `step-N`. If
//     the process is killed between these two renames, the next run that opens the store for writing finds no
//     `step-N` and renames the old checkpoint back. Until then readers see the checkpoints of earlier steps.
//  4. The parent folder is flushed to the disk. Nothing old is removed before this, as only now the new checkpoint
//     survives a power cut.
//  5. `latest` is replaced by a rename of its own. If the process is killed before this, `latest` names the previous
//     checkpoint, which is still there, as no checkpoint was removed yet. `latest` is for people and scripts; the
//     program does not need it to find the newest checkpoint. The next run that opens the store for writing
//     corrects it.
//  6. The replaced checkpoint is removed under its hidden name. Checkpoints beyond `keep` are first renamed to
//     `.step-N.del-PID`, so that a removal that is cut short does not leave a damaged `step-N`.
//
// After an error in 1 to 3 (such as a full disk) the hidden folder is removed; older checkpoints and `latest` are
// unchanged. On a full disk, no old checkpoint is removed to make room for the new one: a checkpoint that exists
// would be given up for one that may fail.

/// The checkpoints of a run: writes each wholly or not at all, keeps the newest, finds the newest valid one.
///
/// One process writes to a folder at a time (rank 0 of the run); any number may read.
package struct CheckpointStore: Sendable {
  /// The folder, `RUN/checkpoints`.
  package let directory: String
  /// How many of the newest checkpoints are kept; 0 keeps all.
  package let keep: Int
  let writes: Bool

  /// Whether names may be exchanged in one system call. Only tests set this to false.
  package var canExchange = true
  /// Is called between the steps of Note [Checkpoint atomicity]. Only tests set this.
  package var atStage: (@Sendable (CheckpointStage) -> Void)?
  /// Is called when a checkpoint is complete under its hidden name, before it gets its own name. If it throws, `write`
  /// throws the same error, and nothing of the checkpoint is left.
  package var beforeInstall: (@Sendable () throws -> Void)?

  /// Opens the folder for writing: creates it and its parents unless they exist, and cleans up after a run that was
  /// killed. No other process may write to the folder at the same time.
  /// - Parameters:
  ///   - directory: the folder, `RUN/checkpoints`.
  ///   - keep: how many of the newest checkpoints are kept when a new one is complete; 0 keeps all.
  /// - Throws: `FileError`.
  package init(writingTo directory: String, keep: Int) throws {
    precondition(keep >= 0, "the number of checkpoints to keep is not negative")
    self.directory = directory
    self.keep = keep
    writes = true
    try Folder.create(directory)
    try recover()
  }

  /// Opens the folder for reading. Nothing in it is changed, so a run may write to it at the same time. The folder need
  /// not exist.
  package init(readingFrom directory: String) {
    self.directory = directory
    keep = 0
    writes = false
  }

  /// Writes a checkpoint, wholly or not at all, and replaces an older checkpoint of the same step. Then it updates
  /// `latest` and removes the oldest checkpoints beyond `keep`. See Note [Checkpoint atomicity].
  /// - Parameters:
  ///   - step: the step after which the checkpoint is taken.
  ///   - model: the weights of both networks. The only metadata of `model.safetensors` is `format: pt`, so equal
  ///     weights give equal files.
  ///   - optimizer: the optimizers' states.
  ///   - info: the caller's own information for the manifest; it is encoded as a JSON object.
  /// - Returns: the checkpoint, and what could not be removed.
  /// - Throws: `FileError`, `SafetensorsError`, `CheckpointError`, and what `beforeInstall` throws. Nothing of the new
  ///   checkpoint is then left, and older checkpoints and `latest` are unchanged. Only if the parent folder cannot be
  ///   flushed or `latest` cannot be written, the new checkpoint is in place.
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
      // The message names the checkpoint instead of the hidden folder, which the reader does not know.
      guard let failure = error as? FileError else { throw error }
      throw FileError(action: "write", path: target, code: failure.code)
    }
    try AtomicFile.flushFolder(directory)
    try AtomicFile.write(name + "\n", to: "\(directory)/latest")
    atStage?(.latestWritten)
    var undeleted: [String] = []
    do {
      // A replaced checkpoint has the first name after an exchange, and the second if it was set aside.
      for old in [hidden, hiddenPath(.aside, name)] { try Folder.remove(old) }
    } catch {
      undeleted.append("\(error)")
    }
    let removed = prune(newest: step, undeleted: &undeleted)
    return SavedCheckpoint(
      path: target, name: name, manifest: manifest, removed: removed, undeleted: undeleted)
  }

  /// Creates the folder `hidden`, writes all files of a checkpoint into it, the manifest last, and flushes them to the
  /// disk.
  /// - Parameter shownAs: the path that errors name.
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

  /// Renames the complete folder `hidden` to `name`. An older folder of this name gets a hidden name.
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
  /// The path of its folder.
  package let path: String
  /// The folder's name, `step-00000200`.
  package let name: String
  /// Its manifest.
  package let manifest: CheckpointManifest
  /// The names of older checkpoints that were removed after it was written.
  package let removed: [String]
  /// Sentences about old checkpoints that could not be removed; the run can go on.
  package let undeleted: [String]

  /// The size of its files in bytes, without the manifest.
  package var bytes: Int { manifest.files.values.reduce(0) { $0 + $1.bytes } }
}

/// The moments between the steps of Note [Checkpoint atomicity], for tests that examine the folder at each.
package enum CheckpointStage: CaseIterable, Sendable {
  /// One of the moments, in their order; `fileWritten` comes once for each file.
  case folderCreated, fileWritten, manifestWritten, setAside, renamed, latestWritten, removing
}
