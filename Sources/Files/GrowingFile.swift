import Foundation

/// A file that only grows. Bytes are added in one system call; if they do not fit on the disk, none of them stay in the
/// file. Calls on one file must not overlap; the owner of the file ensures this.
package final class GrowingFile: Sendable {
  /// What happens to a file that exists already.
  package enum Opening: Sendable {
    /// The file keeps its content. It is created if there is none.
    case asItIs
    /// The file loses its content. It is created if there is none.
    case emptied
    /// A file that exists is an error.
    case new
  }

  /// Where the file is.
  package let path: String
  private let descriptor: Int32

  /// Opens a file to add to it.
  /// - Throws: `FileError`.
  package init(path: String, opening: Opening) throws {
    self.path = path
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC
    let more: Int32 =
      switch opening {
      case .asItIs: 0
      case .emptied: O_TRUNC
      case .new: O_EXCL
      }
    var opened: Int32
    repeat { opened = open(path, flags | more, 0o666) } while opened < 0 && errno == EINTR
    guard opened >= 0 else { throw FileError(action: "open", path: path) }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// The last byte of the file; nil if the file is empty.
  package var lastByte: UInt8? {
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 ? last : nil
  }

  /// All bytes of the file, even if it was renamed or removed after it was opened.
  /// - Throws: `FileError`.
  package func contents() throws -> [UInt8] {
    let size = max(0, lseek(descriptor, 0, SEEK_END))
    var bytes = [UInt8](repeating: 0, count: Int(size))
    let count = bytes.withUnsafeMutableBytes { Descriptor.readAll(into: $0, at: 0, from: descriptor) }
    guard count == bytes.count else {
      throw FileError(action: "read", path: path, code: count == nil ? errno : EIO)
    }
    return bytes
  }

  /// Adds these bytes at the end.
  /// - Throws: `FileError`; the file is then as it was before the call.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    let before = lseek(descriptor, 0, SEEK_END)
    guard !Descriptor.writeAll(bytes, to: descriptor) else { return }
    let failure = errno
    if before >= 0 { _ = ftruncate(descriptor, before) }
    throw FileError(action: "write", path: path, code: failure)
  }

  /// Flushes the file to the disk.
  /// - Throws: `FileError`.
  package func flush() throws {
    guard Descriptor.flush(descriptor) else { throw FileError(action: "write", path: path) }
  }
}
