/// A colour of 8 bits a channel.
package struct Colour: Equatable, Hashable, Sendable {
  /// Red, 0 to 255.
  package var red: UInt8
  /// Green, 0 to 255.
  package var green: UInt8
  /// Blue, 0 to 255.
  package var blue: UInt8

  /// A colour from its channels.
  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A colour written as 0xRRGGBB: `Colour(0x1F77B4)`.
  package init(_ hex: UInt32) {
    self.init(UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
  }

  /// A gray.
  package init(gray: UInt8) { self.init(gray, gray, gray) }

  /// Black.
  package static let black = Colour(gray: 0)
  /// White.
  package static let white = Colour(gray: 255)

  /// Its brightness, 0 to 255 (luma of BT.601, as in JPEG).
  package var luma: UInt8 {
    let weighted: Int = 299 * Int(red) + 587 * Int(green) + 114 * Int(blue)
    return UInt8((weighted + 500) / 1000)
  }
}

/// A picture as a value: rows from the top, channels together (HWC), 8 bits a channel, no padding between rows.
/// All methods that draw clip to the picture, so shapes may lie partly or wholly outside it.
package struct Raster: Equatable, Sendable {
  /// Pixels in a row.
  package let width: Int
  /// The number of rows.
  package let height: Int
  /// 1 for gray, 3 for RGB.
  package let channels: Int
  /// [height][width][channels] bytes.
  package internal(set) var bytes: [UInt8]

  /// A picture of one colour; a gray picture takes the luma of the colour.
  package init(width: Int, height: Int, channels: Int = 3, fill colour: Colour = .white) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    precondition(channels == 1 || channels == 3, "a picture is gray or RGB")
    self.width = width
    self.height = height
    self.channels = channels
    bytes = [UInt8](repeating: colour.luma, count: width * height * channels)
    if channels == 3 { fill(x: 0, y: 0, width: width, height: height, colour) }
  }

  /// A picture of these bytes, [height][width][channels].
  package init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    precondition(channels == 1 || channels == 3, "a picture is gray or RGB")
    precondition(bytes.count == width * height * channels, "a picture has height x width x channels bytes")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// The colour of the pixel in column `x` and row `y`, which must lie inside the picture. A gray picture stores the
  /// luma of a colour.
  package subscript(x: Int, y: Int) -> Colour {
    get {
      let at = offset(x, y)
      return channels == 1 ? Colour(gray: bytes[at]) : Colour(bytes[at], bytes[at + 1], bytes[at + 2])
    }
    set {
      let at = offset(x, y)
      guard channels == 3 else {
        bytes[at] = newValue.luma
        return
      }
      bytes[at] = newValue.red
      bytes[at + 1] = newValue.green
      bytes[at + 2] = newValue.blue
    }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    precondition(x >= 0 && x < width && y >= 0 && y < height, "the pixel lies outside the picture")
    return (y * width + x) * channels
  }

  /// Fills a rectangle.
  /// - Parameter opacity: 0 leaves the pixels as they are, 1 replaces them.
  package mutating func fill(
    x: Int, y: Int, width: Int, height: Int, _ colour: Colour, opacity: Float = 1
  ) {
    let left = max(0, x)
    let right = min(self.width, x + width)
    guard left < right else { return }
    for row in max(0, y)..<max(max(0, y), min(self.height, y + height)) {
      for column in left..<right { blend(column, row, colour, opacity) }
    }
  }

  /// Mixes a colour into a pixel inside the picture: an opacity of 0 leaves the pixel, 1 replaces it.
  @inline(__always)
  mutating func blend(_ x: Int, _ y: Int, _ colour: Colour, _ opacity: Float) {
    let at = (y * width + x) * channels
    if channels == 1 {
      mix(at, colour.luma, opacity)
    } else {
      mix(at, colour.red, opacity)
      mix(at + 1, colour.green, opacity)
      mix(at + 2, colour.blue, opacity)
    }
  }

  @inline(__always)
  private mutating func mix(_ at: Int, _ value: UInt8, _ opacity: Float) {
    let old = Float(bytes[at])
    bytes[at] = UInt8(min(255, max(0, old + (Float(value) - old) * opacity + 0.5)))
  }

  /// Copies a picture into this one, with its upper left corner at (x, y) and each pixel as a square of
  /// `scale` x `scale` pixels. A gray picture stays gray in an RGB picture; a gray picture takes the luma of an RGB
  /// picture.
  package mutating func blit(_ picture: Raster, x: Int, y: Int, scale: Int = 1) {
    precondition(scale > 0, "a picture is enlarged by a whole number")
    let rows = max(0, y)..<max(max(0, y), min(height, y + picture.height * scale))
    let left = max(0, x)
    let right = min(width, x + picture.width * scale)
    guard left < right else { return }
    for row in rows {
      let sourceRow = (row - y) / scale
      if picture.channels == channels && scale == 1 {
        let from = (sourceRow * picture.width + left - x) * channels
        let to = (row * width + left) * channels
        let count = (right - left) * channels
        bytes.replaceSubrange(to..<(to + count), with: picture.bytes[from..<(from + count)])
      } else {
        for column in left..<right { self[column, row] = picture[(column - x) / scale, sourceRow] }
      }
    }
  }

  /// This picture with each pixel as a square of `scale` x `scale` pixels.
  package func enlarged(by scale: Int) -> Raster {
    guard scale > 1 else { return self }
    var large = Raster(width: width * scale, height: height * scale, channels: channels)
    large.blit(self, x: 0, y: 0, scale: scale)
    return large
  }

  /// The part of this picture with its upper left corner at (x, y). It must lie inside the picture.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> Raster {
    precondition(
      x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height, "a part lies inside")
    var part = Raster(width: width, height: height, channels: channels)
    part.blit(self, x: -x, y: -y)
    return part
  }
}
