/// A picture of at most 256 colours: a palette, and for each pixel its index in the palette.
package struct IndexedPicture {
  /// The colours, 1 to 256.
  package let palette: [Colour]
  /// [height][width] indices into the palette, rows from the top.
  package let pixels: [UInt8]

  /// A picture from its parts.
  package init(palette: [Colour], pixels: [UInt8]) {
    precondition((1...256).contains(palette.count), "a palette has 1 to 256 colours")
    self.palette = palette
    self.pixels = pixels
  }
}

/// An animated GIF (GIF89a) that repeats for ever; each frame has a palette of its own.
package struct GIFFile {
  private let width: Int
  private let height: Int
  private let delay: Int
  private var bytes: [UInt8]

  /// The largest width and height that the format allows, in pixels.
  package static let largestSide = 65_535

  /// The most pixels of all frames of a file that a person asks for. Frames of faces take a little more than one byte for
  /// each pixel.
  package static let mostPixels = 100_000_000
  /// The most frames a second: browsers show a frame of less than two hundredths of a second for a tenth.
  package static let mostFramesPerSecond = 50.0

  /// How long a frame is shown at so many frames a second, above 0, in hundredths of a second, as the format counts.
  package static func centiseconds(framesPerSecond: Double) -> Int {
    Int(min(65_535, max(100 / mostFramesPerSecond, (100 / framesPerSecond).rounded())))
  }

  /// A file without frames yet.
  /// - Parameters:
  ///   - width: the width of all frames, in pixels.
  ///   - height: the height of all frames, in pixels.
  ///   - centiseconds: how long each frame is shown, in hundredths of a second.
  package init(width: Int, height: Int, centiseconds: Int) {
    precondition(
      (1...Self.largestSide).contains(width) && (1...Self.largestSide).contains(height),
      "a GIF has such sides")
    self.width = width
    self.height = height
    delay = min(65_535, max(0, centiseconds))
    bytes = Array("GIF89a".utf8) + Self.little(width) + Self.little(height)
    // No global palette, no background, square pixels.
    bytes += [0x70, 0, 0]
    // Netscape's extension: repeat without end.
    bytes += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
  }

  /// Adds a frame of the file's width and height.
  package mutating func append(_ picture: IndexedPicture) {
    precondition(picture.pixels.count == width * height, "a frame has the size of the file")
    // The palette has 2^(bits) places.
    let bits = (1...8).first { 1 << $0 >= picture.palette.count } ?? 8
    // How long the frame is shown; the next frame is drawn over it.
    bytes += [0x21, 0xF9, 4, 1 << 2] + Self.little(delay) + [0, 0]
    bytes += [0x2C, 0, 0, 0, 0] + Self.little(width) + Self.little(height) + [0x80 | UInt8(bits - 1)]
    for place in 0..<(1 << bits) {
      let colour = place < picture.palette.count ? picture.palette[place] : .black
      bytes += [colour.red, colour.green, colour.blue]
    }
    let codeBits = max(2, bits)
    bytes.append(UInt8(codeBits))
    let packed = LZW.compress(picture.pixels, bits: codeBits)
    for start in stride(from: 0, to: packed.count, by: 255) {
      let block = packed[start..<min(start + 255, packed.count)]
      bytes.append(UInt8(block.count))
      bytes += block
    }
    bytes.append(0)
  }

  /// The whole file.
  package func finished() -> [UInt8] { bytes + [0x3B] }

  private static func little(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
}
