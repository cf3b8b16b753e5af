import Files

/// What a look for the newest valid checkpoint found.
package struct CheckpointSearch: Sendable {
  /// The folder that was searched, `RUN/checkpoints`.
  package let directory: String
  /// The newest whose files are all as they were written; nil where there is none.
  package let valid: Checkpoint?
  /// The newer ones that are not, newest first.
  package let damaged: [CheckpointError]

  /// One sentence about the damaged ones and the one that is left; nil where none is damaged.
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
  /// Walks from the newest checkpoint to older ones, reading and hashing all files of each, up to the first
  /// valid one.
  /// - Parameter before: only those of earlier steps.
  /// - Throws: `FileError` where the folder cannot be read; a folder that does not exist holds no
  ///   checkpoints.
  package func newestValid(before: Int = .max) throws -> CheckpointSearch {
    var damaged: [CheckpointError] = []
    for step in try steps().reversed() where step < before {
      do {
        let checkpoint = try Checkpoint(validating: "\(directory)/\(CheckpointName.of(step: step))")
        return CheckpointSearch(directory: directory, valid: checkpoint, damaged: damaged)
      } catch let error as CheckpointError where !Folder.exists(error.path) {
        // Pruned, since the folder was listed, by the run that writes here.
        continue
      } catch let error as CheckpointError {
        damaged.append(error)
      }
    }
    return CheckpointSearch(directory: directory, valid: nil, damaged: damaged)
  }

  /// The checkpoint that a path given by a person means: a checkpoint's own folder, or the newest valid one
  /// of a run's folder or of its `checkpoints`.
  /// - Returns: what was found; `valid` is never nil, `damaged` holds newer ones that were passed over.
  /// - Throws: `CheckpointError` where the path holds none, or none that is valid; of a single damaged
  ///   checkpoint it names the one before it that is valid. `FileError` where a folder cannot be read.
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
