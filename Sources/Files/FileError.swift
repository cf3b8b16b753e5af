import Foundation

/// A file operation that the system refused, as one plain sentence.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder that the operation was for.
  package let path: String
  /// The system's error number (`ENOSPC`, `EACCES`...).
  package let code: Int32
  /// One sentence: what was tried, where, why it failed and, for some errors, what helps.
  package let description: String

  /// An error for an action that has just failed.
  /// - Parameters:
  ///   - action: what was tried, as a verb: "write", "read", "create".
  ///   - path: the file or folder.
  ///   - code: the system's error number, by default the calling thread's `errno`.
  package init(action: String, path: String, code: Int32 = errno) {
    self.path = path
    self.code = code
    description = "cannot \(action) \(path): \(Self.reason(code, reading: action == "read"))"
  }

  private static func reason(_ code: Int32, reading: Bool) -> String {
    switch code {
    case ENOSPC: "no space is left on the disk; free some, or choose another folder"
    case EDQUOT: "the disk quota is used up; free some space, or choose another folder"
    case EROFS: "the file system is read-only; choose another folder"
    case EACCES, EPERM: "permission is denied" + (reading ? "" : "; choose a folder that you may write to")
    case ENOENT: reading ? "there is no such file" : "its folder does not exist"
    case ENOTDIR: "a part of the path is a file, not a folder"
    case EISDIR: "it is a folder, not a file"
    default: String(cString: strerror(code))
    }
  }
}
