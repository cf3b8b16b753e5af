import Foundation

/// Operations on an open file that go on after interruptions by signals. If one fails, `errno` says why.
enum Descriptor {
  /// Writes all bytes.
  /// - Returns: false if writing failed.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return false }
      done += count
    }
    return true
  }

  /// Reads up to `bytes.count` bytes from `offset` on.
  /// - Returns: how many bytes were read, fewer than asked for only at the end of the file; nil if reading failed.
  static func readAll(into bytes: UnsafeMutableRawBufferPointer, at offset: Int, from descriptor: Int32)
    -> Int?
  {
    var done = 0
    while done < bytes.count {
      let count = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Flushes what was written to the disk.
  /// - Returns: false if flushing failed.
  static func flush(_ descriptor: Int32) -> Bool {
    while fsync(descriptor) != 0 {
      if errno != EINTR { return false }
    }
    return true
  }
}
