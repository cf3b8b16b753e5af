import Foundation

/// The size of a file and the SHA-256 of its bytes.
package struct FileDigest: Codable, Equatable, Sendable {
  /// The file's size in bytes.
  package let bytes: Int
  /// The SHA-256 of its bytes in 64 hexadecimal digits of lower case.
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
  package let path: String
  /// The size in bytes when it was opened.
  package let size: Int
  private let descriptor: Int32

  /// - Throws: `FileError`, also for a folder, a pipe or a device.
  package init(path: String) throws {
    self.path = path
    // A pipe without a writer would block an open that waits.
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

  /// Reads up to `bytes.count` bytes from `offset` on and returns how many there were; fewer only at the end.
  package func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    guard let count = Descriptor.readAll(into: bytes, at: offset, from: descriptor) else {
      throw FileError(action: "read", path: path)
    }
    return count
  }
}

/// A new file that is hashed while it is written, so that its hash is that of what was meant and not of what
/// a failing disk made of it.
package final class HashedOutput {
  private let shownAs: String
  private var descriptor: Int32
  private var hash = SHA256()
  private var bytes = 0

  /// Creates the file at `path`, which must not exist; errors name `shownAs`.
  package init(creating path: String, shownAs: String) throws {
    self.shownAs = shownAs
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(action: "write", path: shownAs) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Adds bytes. Throws `FileError`.
  package func append(_ all: UnsafeRawBufferPointer) throws {
    // In pieces, so that what was just hashed is still in the cache when it is written.
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

  /// Brings the file to the disk, closes it and returns what it holds. Throws `FileError`.
  package func finish() throws -> FileDigest {
    guard Descriptor.flush(descriptor) else { throw FileError(action: "write", path: shownAs) }
    let closed = close(descriptor)
    descriptor = -1
    // Network file systems report a full disk only here.
    guard closed == 0 || errno == EINTR else { throw FileError(action: "write", path: shownAs) }
    return FileDigest(bytes: bytes, sha256: hash.finish())
  }
}
