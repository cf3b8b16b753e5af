import Foundation

/// The size of a file and the SHA-256 of its bytes.
package struct FileDigest: Codable, Equatable, Sendable {
  /// The file's size in bytes.
  package let bytes: Int
  /// The SHA-256 of its bytes as 64 hexadecimal digits in lower case.
  package let sha256: String

  init(bytes: Int, sha256: String) {
    self.bytes = bytes
    self.sha256 = sha256
  }

  /// Reads the file at `path` once, in pieces, and hashes it.
  /// - Throws: `FileError`.
  package init(of path: String) throws {
    let file = try InputFile(path: path)
    var hash = SHA256()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { piece.deallocate() }
    var offset = 0
    while true {
      let count = try file.read(into: piece, at: offset)
      if count == 0 { break }
      hash.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      offset += count
    }
    self.init(bytes: offset, sha256: hash.finish())
  }
}

/// A regular file open for reading from several threads.
package final class InputFile: Sendable {
  /// The path with which the file was opened.
  package let path: String
  /// The size in bytes when the file was opened.
  package let size: Int
  private let descriptor: Int32

  /// Opens the file at `path`.
  /// - Throws: `FileError`, also if there is a folder, a pipe or a device at `path`.
  package init(path: String) throws {
    self.path = path
    // O_NONBLOCK, as the open of a pipe would otherwise wait for a writer.
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(action: "read", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError(action: "read", path: path, code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(action: "read", path: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads up to `bytes.count` bytes from `offset` on.
  /// - Returns: how many bytes were read, fewer than asked for only at the end of the file.
  /// - Throws: `FileError`.
  package func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    guard let count = Descriptor.readAll(into: bytes, at: offset, from: descriptor) else {
      throw FileError(action: "read", path: path)
    }
    return count
  }
}

/// A new file that is hashed while it is written, so that the hash is of the bytes given and not of what a failing disk
/// stored.
package final class HashedOutput {
  private let shownAs: String
  private var descriptor: Int32
  private var hash = SHA256()
  private var bytes = 0

  /// Creates the file at `path`, which must not exist yet.
  /// - Parameter shownAs: the path that errors name.
  /// - Throws: `FileError`.
  package init(creating path: String, shownAs: String) throws {
    self.shownAs = shownAs
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(action: "write", path: shownAs) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Adds bytes at the end.
  /// - Throws: `FileError`.
  package func append(_ all: UnsafeRawBufferPointer) throws {
    // In pieces, so that the bytes just hashed are still in the cache when they are written.
    var start = 0
    while start < all.count {
      let piece = UnsafeRawBufferPointer(rebasing: all[start..<min(start + 1 << 20, all.count)])
      hash.update(piece)
      guard Descriptor.writeAll(piece, to: descriptor) else {
        throw FileError(action: "write", path: shownAs)
      }
      start += piece.count
    }
    bytes += all.count
  }

  /// Flushes the file to the disk and closes it.
  /// - Returns: the size and hash of the bytes added.
  /// - Throws: `FileError`.
  package func finish() throws -> FileDigest {
    guard Descriptor.flush(descriptor) else { throw FileError(action: "write", path: shownAs) }
    let closed = close(descriptor)
    descriptor = -1
    // Network file systems report a full disk only here.
    guard closed == 0 || errno == EINTR else { throw FileError(action: "write", path: shownAs) }
    return FileDigest(bytes: bytes, sha256: hash.finish())
  }
}
