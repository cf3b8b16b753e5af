import Foundation

/// Writes whole files. At any moment, also after a crash, a reader finds the old file or the new one, never a part.
package enum AtomicFile {
  /// Replaces the file at `path` by these bytes. They are written to a hidden file in the same folder and flushed to
  /// the disk; then the hidden file is renamed to `path`, and the folder is flushed to the disk, too.
  /// - Throws: `FileError`. The old file is then unchanged and the hidden file is removed, unless only the last flush,
  ///   that of the folder, failed.
  package static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    let hidden = try writeHidden(bytes, for: path) { Descriptor.flush($0) }
    guard rename(hidden, path) == 0 else {
      let failure = errno
      unlink(hidden)
      throw FileError(action: "write", path: path, code: failure)
    }
    try flushFolder(split(path).folder)
  }

  /// Writes a hidden file beside `path`, to be renamed to `path` later.
  /// - Parameter settle: is called with the file's descriptor before the file is closed. If it returns false, writing
  ///   has failed and `errno` says why.
  /// - Returns: the path of the hidden file.
  /// - Throws: `FileError` that names `path`; the hidden file is then removed.
  static func writeHidden(
    _ bytes: UnsafeRawBufferPointer, for path: String, settle: (Int32) -> Bool = { _ in true }
  ) throws -> String {
    let (folder, name) = split(path)
    var hidden = ""
    var descriptor: Int32 = -1
    // Random, as a process id is not unique: containers reuse the id of a process that was killed while it wrote.
    repeat {
      hidden = "\(folder)/.\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
      descriptor = open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    } while descriptor < 0 && (errno == EEXIST || errno == EINTR)
    guard descriptor >= 0 else { throw FileError(action: "write", path: path) }

    var failure: Int32 = Descriptor.writeAll(bytes, to: descriptor) ? 0 : errno
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

  /// Flushes a folder's list of names to the disk, so that a rename or a new file in the folder survives a power cut.
  /// Nothing happens on a file system that cannot flush folders.
  /// - Throws: `FileError` if the disk reports an error.
  package static func flushFolder(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      // A process may have the right to write to a folder but not to list it.
      if errno == EACCES { return }
      throw FileError(action: "open", path: folder)
    }
    let failure: Int32 = Descriptor.flush(descriptor) ? 0 : errno
    close(descriptor)
    guard [0, EINVAL, ENOTSUP, EBADF].contains(failure) else {
      throw FileError(action: "write", path: folder, code: failure)
    }
  }

  /// The folder and the last part of a path. The folder is "." if the path has no slash.
  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }
}
