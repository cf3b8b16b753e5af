import Files

/// The result of a search for the newest valid checkpoint.
package struct CheckpointSearch: Sendable {
  /// The folder that was searched, `RUN/checkpoints`.
  package let directory: String
  /// The newest checkpoint whose files are all as they were written; nil if there is none.
  package let valid: Checkpoint?
  /// The errors of the newer checkpoints, which are damaged, newest first.
  package let damaged: [CheckpointError]

  /// One sentence about the damaged checkpoints and the newest valid one; nil if none is damaged.
  package var warning: String? {
    guard !damaged.isEmpty else { return nil }
    let folder = AtomicFile.split(directory).name
    let told = damaged.map { "\(folder)/\(AtomicFile.split($0.path).name) is damaged (\($0.reason))" }
    let left =
      valid.map { "\($0.name) is the newest valid one" } ?? "no valid checkpoint is left in \(directory)"
    return told.joined(separator: ", and ") + "; \(left)"
  }
}

extension CheckpointStore {
  /// Searches from the newest checkpoint to older ones for the first valid one. All files of each checkpoint are read
  /// and hashed.
  /// - Parameter before: only checkpoints of steps below this one are searched.
  /// - Throws: `FileError` if the folder cannot be read; a folder that does not exist holds no checkpoints.
  package func newestValid(before: Int = .max) throws -> CheckpointSearch {
    var damaged: [CheckpointError] = []
    for step in try steps().reversed() where step < before {
      do {
        let checkpoint = try Checkpoint(validating: "\(directory)/\(CheckpointName.of(step: step))")
        return CheckpointSearch(directory: directory, valid: checkpoint, damaged: damaged)
      } catch let error as CheckpointError where !Folder.exists(error.path) {
        // The run that writes here has removed the checkpoint since the folder was listed.
        continue
      } catch let error as CheckpointError {
        damaged.append(error)
      }
    }
    return CheckpointSearch(directory: directory, valid: nil, damaged: damaged)
  }

  /// Finds the checkpoint for a path that a person gave: the path of a checkpoint, of a run's folder or of the run's
  /// folder `checkpoints`. In the last two cases the newest valid checkpoint is taken.
  /// - Returns: the result; `valid` is never nil, and `damaged` holds the newer checkpoints that were skipped.
  /// - Throws: `CheckpointError` if there is no checkpoint, or none that is valid. If the path is that of a damaged
  ///   checkpoint, the error names the newest valid one before it. `FileError` if a folder cannot be read.
  package static func find(at path: String) throws -> CheckpointSearch {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    let (parent, name) = AtomicFile.split(path)
    if Folder.exists("\(path)/\(CheckpointManifest.fileName)") || CheckpointName.step(of: name) != nil {
      do {
        let checkpoint = try Checkpoint(validating: path)
        return CheckpointSearch(directory: parent, valid: checkpoint, damaged: [])
      } catch CheckpointError.damaged(_, let reason) {
        guard let step = CheckpointName.step(of: name),
          let before = try CheckpointStore(readingFrom: parent).newestValid(before: step).valid
        else { throw CheckpointError.damaged(path: path, reason: reason) }
        throw CheckpointError.damaged(
          path: path, reason: "\(reason); the newest valid one before it is \(before.path)")
      }
    }
    guard Folder.isFolder(path) else {
      throw CheckpointError.absent(
        path: path, reason: Folder.exists(path) ? "it is no folder" : "there is no such folder")
    }
    let inside = "\(path)/checkpoints"
    let search = try CheckpointStore(readingFrom: Folder.isFolder(inside) ? inside : path).newestValid()
    guard search.valid == nil else { return search }
    if let warning = search.warning { throw CheckpointError.absent(path: path, reason: warning) }
    throw CheckpointError.absent(
      path: path, reason: "neither it nor a folder 'checkpoints' in it has folders named like step-00000200")
  }
}
