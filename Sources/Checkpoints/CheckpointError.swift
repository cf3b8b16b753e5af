/// A checkpoint that cannot be used, as one plain sentence.
package enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The folder is a checkpoint, but its content is not what was written.
  case damaged(path: String, reason: String)
  /// There is no checkpoint.
  case absent(path: String, reason: String)
  /// The `info` of the checkpoint's manifest cannot be written, or cannot be read as the type that the caller needs.
  case information(path: String, reason: String)

  /// The path of the checkpoint or folder that the error is about.
  package var path: String {
    switch self {
    case .damaged(let path, _), .absent(let path, _), .information(let path, _): path
    }
  }

  /// What is wrong, without the path.
  package var reason: String {
    switch self {
    case .damaged(_, let reason), .absent(_, let reason), .information(_, let reason): reason
    }
  }

  /// Which checkpoint, and what is wrong with it.
  package var description: String {
    switch self {
    case .damaged(let path, let reason): "\(path) is damaged (\(reason))"
    case .absent(let path, let reason): "\(path) holds no checkpoint: \(reason)"
    case .information(let path, let reason): "\(path)/\(CheckpointManifest.fileName): \(reason)"
    }
  }
}
