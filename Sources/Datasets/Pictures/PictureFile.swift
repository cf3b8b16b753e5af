import CImageCodecs
import Foundation

/// Reading and decoding single files.
enum PictureFile {
  /// The most bytes of a file; a larger one is taken to be damaged.
  private static let largestFile = 1 << 30

  /// The system's text for `errno`, the error of the last failed call.
  static func systemReason() -> String { String(cString: strerror(errno)) }

  /// The first ``FileKind/headSize`` bytes of a file, which tell its kind, or all bytes of a shorter file.
  /// - Throws: ``DatasetError/unreadable(path:reason:)``.
  static func head(path: String, terminated cPath: [CChar]) throws -> [UInt8] {
    let file = open(cPath, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw DatasetError.unreadable(path: path, reason: systemReason()) }
    defer { close(file) }
    return try [UInt8](unsafeUninitializedCapacity: FileKind.headSize) { bytes, count in
      let held = read(file, bytes.baseAddress, bytes.count)
      guard held >= 0 else { throw DatasetError.unreadable(path: path, reason: systemReason()) }
      count = held
    }
  }

  /// Decodes a file and writes it to `pixels`, fitted to size x size x channels.
  ///
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` if the file cannot be opened or read: another rank may be
  ///   able to read it, so it must not be replaced. ``DatasetError/damaged(file:reason:)`` if its content is bad.
  static func draw(
    path: String, terminated cPath: [CChar], name: String, fit: Fit, channels: Int,
    into pixels: UnsafeMutablePointer<UInt8>, size: Int
  ) throws {
    let content = try readAll(path: path, terminated: cPath, name: name)
    defer { content.deallocate() }
    var decoded: UnsafeMutablePointer<UInt8>?
    var width: Int32 = 0
    var height: Int32 = 0
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
      let result = cimage_decode(
        content.baseAddress, content.count, Int32(channels), &decoded, &width, &height, reason.baseAddress,
        reason.count)
      guard result == 0 else {
        throw DatasetError.damaged(file: name, reason: String(cString: UnsafePointer(reason.baseAddress!)))
      }
    }
    defer { cimage_free(decoded) }
    if let decoded {
      PictureResizer.resize(
        decoded, width: Int(width), height: Int(height), channels: channels, fit: fit, into: pixels,
        size: size)
    }
  }

  private static func readAll(path: String, terminated cPath: [CChar], name: String) throws
    -> UnsafeMutableBufferPointer<UInt8>
  {
    let file = open(cPath, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw DatasetError.unreadable(path: path, reason: systemReason()) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw DatasetError.unreadable(path: path, reason: systemReason()) }
    let size = Int(status.st_size)
    guard size <= largestFile else {
      throw DatasetError.damaged(file: name, reason: "the file is larger than \(largestFile >> 20) MiB")
    }
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size)
    var position = 0
    while position < size {
      let count = read(file, bytes.baseAddress! + position, size - position)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        bytes.deallocate()
        throw DatasetError.unreadable(path: path, reason: systemReason())
      }
      if count == 0 { break }
      position += count
    }
    return UnsafeMutableBufferPointer(rebasing: bytes[0..<position])
  }
}
