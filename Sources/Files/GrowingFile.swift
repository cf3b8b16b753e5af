import Foundation

/// A file that only grows: what is added leaves in one system call, and where it does not fit on the disk it leaves
/// nothing of itself behind. Calls of one file must not overlap; its owner sees to that.
package final class GrowingFile: Sendable {
  /// What becomes of a file that is there already.
  package enum Opening: Sendable {
    /// It is added to, and created where there is none.
    case asItIs
    /// It loses what it held, and is created where there is none.
    case emptied
    /// That there is one is an error.
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

  /// The last byte that the file holds; nil: it is empty.
  package var lastByte: UInt8? {
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    return size > 0 && pread(descriptor, &last, 1, size - 1) == 1 ? last : nil
  }

  /// All that the file holds, also where it was renamed or removed since it was opened.
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

  /// Brings what was added to the disk.
  /// - Throws: `FileError`.
  package func flush() throws {
    guard Descriptor.flush(descriptor) else { throw FileError(action: "write", path: path) }
  }
}
