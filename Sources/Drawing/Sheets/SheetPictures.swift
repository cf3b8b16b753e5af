/// Pictures of one size, NHWC bytes.
package struct SheetPictures: Equatable, Sendable {
  /// The pixel values that floats stand for.
  package enum Range: Sendable {
    /// [-1, 1], as networks ending in tanh make them.
    case symmetric
    /// [0, 1], as networks ending in a sigmoid make them.
    case unit
  }

  /// N.
  package let count: Int
  /// H.
  package let height: Int
  /// W.
  package let width: Int
  /// C: 1 or 3.
  package let channels: Int
  /// N x H x W x C bytes.
  package let bytes: [UInt8]

  /// Pictures of these bytes.
  /// - Parameter bytes: count x height x width x channels bytes, NHWC.
  package init(count: Int, height: Int, width: Int, channels: Int, bytes: [UInt8]) {
    precondition(
      count > 0 && height > 0 && width > 0, "a batch has at least one picture of at least one pixel")
    precondition(channels == 1 || channels == 3, "a picture is gray or RGB")
    precondition(bytes.count == count * height * width * channels, "a batch has N x H x W x C bytes")
    self.count = count
    self.height = height
    self.width = width
    self.channels = channels
    self.bytes = bytes
  }

  /// Pictures of what a network makes, rounded to bytes as torchvision's `save_image` does: 255 v + 0.5, cut
  /// to 0...255 and then to a whole number. What is not a number becomes 0.
  /// - Parameter pixels: count x height x width x channels numbers, NHWC.
  package init(
    count: Int, height: Int, width: Int, channels: Int, pixels: UnsafeBufferPointer<Float>,
    range: Range = .symmetric
  ) {
    let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, written in
      for index in 0..<pixels.count {
        let value = range == .symmetric ? (pixels[index] + 1) * 0.5 : pixels[index]
        // NaN fails the comparison.
        out[index] = value > 0 ? UInt8(min(255, value * 255 + 0.5)) : 0
      }
      written = pixels.count
    }
    self.init(count: count, height: height, width: width, channels: channels, bytes: bytes)
  }

  /// Pictures of what a network makes; see the initialiser from a buffer.
  package init(
    count: Int, height: Int, width: Int, channels: Int, pixels: [Float], range: Range = .symmetric
  ) {
    self = pixels.withUnsafeBufferPointer {
      SheetPictures(count: count, height: height, width: width, channels: channels, pixels: $0, range: range)
    }
  }

  /// One picture, by its number from 0.
  package subscript(index: Int) -> Raster {
    precondition(index >= 0 && index < count, "the picture lies outside the batch")
    let size = height * width * channels
    return Raster(
      width: width, height: height, channels: channels, bytes: Array(bytes[index * size..<(index + 1) * size])
    )
  }
}
