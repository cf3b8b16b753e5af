import CImageCodecs
import Checkpoints

/// A picture that could not be encoded.
public struct PictureError: Error, Equatable, CustomStringConvertible {
  /// What was wrong.
  public let description: String
}

extension Raster {
  /// The picture as a PNG file. Equal pictures give equal bytes.
  /// - Throws: `PictureError` if the encoder gives up, for want of memory.
  public func png() throws -> [UInt8] {
    var out: UnsafeMutablePointer<UInt8>?
    var size = 0
    var message = [CChar](repeating: 0, count: 256)
    let code = cimage_png_encode(
      bytes, Int32(width), Int32(height), Int32(channels), &out, &size, &message, message.count)
    defer { cimage_free(out) }
    guard code == 0, let out else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw PictureError(description: "cannot encode a \(width) x \(height) picture as PNG: \(reason)")
    }
    return Array(UnsafeBufferPointer(start: out, count: size))
  }

  /// Writes the picture as a PNG file, whole or not at all; its folder must exist.
  /// - Throws: `FileError`, `PictureError`.
  public func writePNG(to path: String) throws {
    try AtomicFile.write(png(), to: path)
  }
}
