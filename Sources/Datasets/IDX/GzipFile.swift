import CZlib
import Foundation

/// Reading whole files that may be gzipped.
enum GzipFile {
  /// The most bytes that a file may hold when unpacked: more than 5 million pictures of 28 x 28.
  private static let most = 4 << 30

  /// The bytes of a file. A file whose first bytes are those of gzip is unpacked.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` if the file cannot be read,
  ///   ``DatasetError/idx(file:problem:)`` if its gzip data are damaged or end early, or if it holds more than 4 GiB.
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

  /// Unpacks the first bytes of a gzip file: at most ``FileKind/headSize`` bytes, fewer if `packed` holds less.
  /// - Parameter packed: the first bytes of the file as they lie on the disk.
  /// - Returns: nil if the gzip data are damaged.
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
    // Z_BUF_ERROR: the bytes given are only the start of the file.
    guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else { return nil }
    return Array(unpacked.dropLast(Int(stream.avail_out)))
  }

  /// Prepares a stream that reads gzip's header and checksum; false if memory is short.
  private static func begin(_ stream: inout z_stream) -> Bool {
    // 15 is zlib's largest window; 16 more asks for gzip.
    inflateInit2_(&stream, 15 + 16, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  private static func tooLarge(_ path: String) -> DatasetError {
    .idx(file: path, problem: "it holds more than \(most >> 30) GiB")
  }

  /// Unpacks all gzip members of the file, one after the other, as `gzip` does.
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
        // Tape blocks are padded with zeros at the end. Any other bytes must be another member.
        if packed[place...].allSatisfy({ $0 == 0 }) { break }
        inflateReset(&stream)
      }
      let given = min(piece, packed.count - place)
      stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress! + place)
      stream.avail_in = UInt32(given)
      let held = unpacked.count
      // A megabyte of packed zeros unpacks to some thousand megabytes, so the output is taken in pieces, too.
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
