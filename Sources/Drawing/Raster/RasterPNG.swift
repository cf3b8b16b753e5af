import CImageCodecs
import Files
import Foundation

/// A picture that could not be encoded or decoded.
package struct PictureError: Error, Equatable, CustomStringConvertible {
  /// One sentence: what is wrong.
  package let description: String
}

extension Raster {
  /// Reads the picture of a PNG or JPEG file.
  /// - Parameter channels: 1 for gray, 3 for RGB; the picture is converted if it is of the other kind.
  /// - Throws: `FileError` if the file cannot be read, `PictureError` if it is of another kind or damaged.
  package init(contentsOf path: String, channels: Int = 3) throws {
    guard access(path, R_OK) == 0 else { throw FileError(action: "read", path: path) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError(action: "read", path: path, code: EIO)
    }
    let file = [UInt8](data)
    var pixels: UnsafeMutablePointer<UInt8>?
    var (width, height): (Int32, Int32) = (0, 0)
    var message = [CChar](repeating: 0, count: 256)
    let code = cimage_decode(
      file, file.count, Int32(channels), &pixels, &width, &height, &message, message.count)
    defer { cimage_free(pixels) }
    guard code == 0, let pixels else {
      throw PictureError(description: "\(path) is no picture that can be read: \(Self.text(message))")
    }
    let bytes = Array(UnsafeBufferPointer(start: pixels, count: Int(width) * Int(height) * channels))
    self.init(width: Int(width), height: Int(height), channels: channels, bytes: bytes)
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The picture as a PNG file. Equal pictures give equal bytes.
  /// - Throws: `PictureError` if the encoder fails, which happens only for lack of memory.
  package func png() throws -> [UInt8] {
    var out: UnsafeMutablePointer<UInt8>?
    var size = 0
    var message = [CChar](repeating: 0, count: 256)
    let code = cimage_png_encode(
      bytes, Int32(width), Int32(height), Int32(channels), &out, &size, &message, message.count)
    defer { cimage_free(out) }
    guard code == 0, let out else {
      throw PictureError(
        description: "cannot encode a \(width) x \(height) picture as PNG: \(Self.text(message))")
    }
    return Array(UnsafeBufferPointer(start: out, count: size))
  }

  /// Writes the picture as a PNG file, wholly or not at all; the file's folder must exist.
  /// - Throws: `FileError`, `PictureError`.
  package func writePNG(to path: String) throws {
    try AtomicFile.write(png(), to: path)
  }
}
