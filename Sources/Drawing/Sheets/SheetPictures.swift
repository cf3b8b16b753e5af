/// Pictures of one size, NHWC bytes.
package struct SheetPictures: Equatable, Sendable {
  /// The range of pixel values given as floats: its lower end is black and 1 is white.
  package enum Range: Sendable {
    /// [-1, 1], the output of networks that end in tanh.
    case symmetric
    /// [0, 1], the output of networks that end in a sigmoid.
    case unit
  }

  /// N, the number of pictures.
  package let count: Int
  /// H, in pixels.
  package let height: Int
  /// W, in pixels.
  package let width: Int
  /// C: 1 or 3.
  package let channels: Int
  /// (N, H, W, C) bytes.
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

  /// Pictures that a network made, rounded to bytes as torchvision's `save_image` does: 255 v + 0.5 for v in [0, 1],
  /// limited to 0...255 and then cut to a whole number. NaN becomes 0.
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

  /// Pictures that a network made; see the initialiser from a buffer.
  package init(
    count: Int, height: Int, width: Int, channels: Int, pixels: [Float], range: Range = .symmetric
  ) {
    self = pixels.withUnsafeBufferPointer {
      SheetPictures(count: count, height: height, width: width, channels: channels, pixels: $0, range: range)
    }
  }

  /// The picture with this index, from 0.
  package subscript(index: Int) -> Raster {
    precondition(index >= 0 && index < count, "the picture lies outside the batch")
    let size = height * width * channels
    return Raster(
      width: width, height: height, channels: channels, bytes: Array(bytes[index * size..<(index + 1) * size])
    )
  }
}
