#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file operation that the system refused, as one plain sentence.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder in question.
  package let path: String
  /// The system's error number (`ENOSPC`, `EACCES`...).
  package let code: Int32
  /// What was tried, where, why it failed and, where there is one, what helps.
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

/// Writes whole files so that a reader, or a crash at any moment, finds the old file or the new one, never
/// half.
package enum AtomicFile {
  /// Replaces the file at `path` by these bytes: written to a hidden file in the same folder, brought to the
  /// disk, renamed over `path`, and the folder brought to the disk too.
  /// - Throws: `FileError`; the old file is then untouched and the hidden one is gone.
  package static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    let hidden = try writeHidden(bytes, for: path) { flush($0) }
    guard rename(hidden, path) == 0 else {
      let failure = errno
      unlink(hidden)
      throw FileError(action: "write", path: path, code: failure)
    }
    try flushFolder(split(path).folder)
  }

  /// Writes a hidden file beside `path`, to be renamed to it.
  /// - Parameter settle: is called with the file's descriptor before it is closed; false: `errno` says why the file is
  ///   not good.
  /// - Returns: its path.
  /// - Throws: `FileError` that names `path`; the hidden file is then gone.
  static func writeHidden(
    _ bytes: UnsafeRawBufferPointer, for path: String, settle: (Int32) -> Bool = { _ in true }
  ) throws -> String {
    let (folder, name) = split(path)
    var hidden = ""
    var descriptor: Int32 = -1
    // A process id would not do as a name: containers reuse them, also of a process that was killed while
    // writing.
    repeat {
      hidden = "\(folder)/.\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
      descriptor = open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    } while descriptor < 0 && (errno == EEXIST || errno == EINTR)
    guard descriptor >= 0 else { throw FileError(action: "write", path: path) }

    var failure: Int32 = writeAll(bytes, to: descriptor) ? 0 : errno
    if failure == 0 && !settle(descriptor) { failure = errno }
    // Network file systems report a full disk only here.
    if close(descriptor) != 0 && failure == 0 && errno != EINTR { failure = errno }
    guard failure == 0 else {
      unlink(hidden)
      throw FileError(action: "write", path: path, code: failure)
    }
    return hidden
  }

  /// Replaces the file at `path` by these bytes; see `write(_:to:)` of raw bytes.
  package static func write(_ data: [UInt8], to path: String) throws {
    try data.withUnsafeBytes { try write($0, to: path) }
  }

  /// Replaces the file at `path` by this text in UTF-8; see `write(_:to:)` of raw bytes.
  package static func write(_ text: String, to path: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0), to: path) }
  }

  /// Brings a folder's list of names to the disk, so that a rename or a new file in it outlives a power cut.
  /// File systems that cannot do it for folders are passed over.
  /// - Throws: `FileError` if the disk reports an error.
  package static func flushFolder(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      // A folder may be written to without the right to list it.
      if errno == EACCES { return }
      throw FileError(action: "open", path: folder)
    }
    let failure: Int32 = flush(descriptor) ? 0 : errno
    close(descriptor)
    guard [0, EINVAL, ENOTSUP, EBADF].contains(failure) else {
      throw FileError(action: "write", path: folder, code: failure)
    }
  }

  /// The folder and the last part of a path; "." where the path names no folder.
  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }

  /// Writes all bytes, going on after interruptions. False: `errno` says why not.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = systemWrite(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return false }
      done += count
    }
    return true
  }

  static func flush(_ descriptor: Int32) -> Bool {
    while fsync(descriptor) != 0 {
      if errno != EINTR { return false }
    }
    return true
  }
}

/// A text file that grows by whole lines: each leaves in one system call, and one that does not fit on the
/// disk leaves nothing of itself behind. Calls of one file must not overlap; its owner sees to that.
package final class LineFile: Sendable {
  private let file: GrowingFile

  /// Where the file is.
  package var path: String { file.path }

  /// Opens a file to add lines to it, and creates it where there is none. If the last line of what is there
  /// has no end (its writer was killed), it is ended first.
  /// - Parameter startEmpty: drops what the file held.
  /// - Throws: `FileError`.
  package init(path: String, startEmpty: Bool = false) throws {
    file = try GrowingFile(path: path, opening: startEmpty ? .emptied : .asItIs)
    if let last = file.lastByte, last != UInt8(ascii: "\n") { try append("") }
  }

  /// Adds a line (or several, parted by newlines) and its end.
  /// - Throws: `FileError`; the file is then as it was before the call.
  package func append(_ line: String) throws {
    var text = line + "\n"
    try text.withUTF8 { try file.append(UnsafeRawBufferPointer($0)) }
  }

  /// All that the file holds, also where it was renamed or removed since it was opened.
  /// - Throws: `FileError`.
  package func contents() throws -> [UInt8] { try file.contents() }

  /// Brings what was added to the disk.
  /// - Throws: `FileError`.
  package func flush() throws { try file.flush() }
}

/// `write` of the system, which the methods above would hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
