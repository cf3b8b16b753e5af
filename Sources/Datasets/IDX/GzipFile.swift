import CZlib
import Foundation

/// Reading whole files that may be gzipped.
enum GzipFile {
  /// The most bytes that a file may hold, unpacked: some 5 million pictures of 28 x 28 and well beyond.
  private static let most = 4 << 30

  /// The bytes of a file, unpacked where it is gzipped, which its first bytes tell.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` if it cannot be read, ``DatasetError/idx(file:problem:)``
  ///   if its gzip data are damaged or end early, or it is larger than anything trained on.
  static func contents(of path: String) throws -> [UInt8] {
    let packed: Data
    do {
      packed = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      let reason = access(path, R_OK) == 0 ? "reading it failed" : PictureFile.systemReason()
      throw DatasetError.unreadable(path: path, reason: reason)
    }
    guard packed.starts(with: [0x1F, 0x8B]) else {
      guard packed.count <= most else { throw tooLarge(path) }
      return Array(packed)
    }
    return try packed.withUnsafeBytes { bytes in
      try inflated(bytes.bindMemory(to: UInt8.self), path: path)
    }
  }

  /// The first bytes inside a gzip file, as far as its own first bytes go; nil where they are damaged.
  static func head(of packed: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    guard begin(&stream) else { return nil }
    defer { inflateEnd(&stream) }
    var packed = packed
    var unpacked = [UInt8](repeating: 0, count: FileKind.headSize)
    let status = packed.withUnsafeMutableBufferPointer { given in
      unpacked.withUnsafeMutableBufferPointer { taken in
        (stream.next_in, stream.avail_in) = (given.baseAddress, UInt32(given.count))
        (stream.next_out, stream.avail_out) = (taken.baseAddress, UInt32(taken.count))
        return inflate(&stream, Z_SYNC_FLUSH)
      }
    }
    // Z_BUF_ERROR: the bytes end within the file, as a head's do.
    guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else { return nil }
    return Array(unpacked.dropLast(Int(stream.avail_out)))
  }

  /// Makes zlib ready for gzip's header and checksum; false where there is no memory.
  private static func begin(_ stream: inout z_stream) -> Bool {
    // 15 is zlib's largest window; 16 more asks for gzip.
    inflateInit2_(&stream, 15 + 16, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  private static func tooLarge(_ path: String) -> DatasetError {
    .idx(file: path, problem: "it holds more than \(most >> 30) GiB")
  }

  /// Unpacks gzip members, one after the other, as `gzip` itself does.
  private static func inflated(_ packed: UnsafeBufferPointer<UInt8>, path: String) throws -> [UInt8] {
    var stream = z_stream()
    guard begin(&stream) else { throw DatasetError.unreadable(path: path, reason: "there is no memory") }
    defer { inflateEnd(&stream) }
    var unpacked: [UInt8] = []
    var place = 0
    let piece = 1 << 20
    var status = Z_OK
    while status != Z_STREAM_END || place < packed.count {
      if status == Z_STREAM_END {
        // Zeros may fill the end, as tape blocks have them; anything else must be another member.
        if packed[place...].allSatisfy({ $0 == 0 }) { break }
        inflateReset(&stream)
      }
      let given = min(piece, packed.count - place)
      stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress! + place)
      stream.avail_in = UInt32(given)
      let held = unpacked.count
      // A megabyte of packed zeros unpacks to a thousand: its output comes in pieces, too.
      unpacked.append(contentsOf: repeatElement(0, count: piece))
      status = unpacked.withUnsafeMutableBufferPointer { bytes in
        stream.next_out = bytes.baseAddress! + held
        stream.avail_out = UInt32(piece)
        return inflate(&stream, Z_NO_FLUSH)
      }
      unpacked.removeLast(Int(stream.avail_out))
      place += given - Int(stream.avail_in)
      switch status {
      case Z_OK, Z_STREAM_END: break
      case Z_BUF_ERROR:
        throw DatasetError.idx(file: path, problem: "its gzip data end early; the file is cut short")
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib's error \(status)"
        throw DatasetError.idx(file: path, problem: "its gzip data are damaged: \(reason)")
      }
      guard unpacked.count <= most else { throw tooLarge(path) }
    }
    return unpacked
  }
}
