/// The shape of one sample: H x W x C, in this order in memory. A vector of F features is 1 x 1 x F.
package struct PictureShape: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// H.
  package var height: Int
  /// W.
  package var width: Int
  /// C.
  package var channels: Int

  /// Creates a shape from its extents.
  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A vector of `features` numbers.
  package static func vector(_ features: Int) -> PictureShape {
    PictureShape(height: 1, width: 1, channels: features)
  }

  /// H * W.
  package var pixels: Int { height * width }
  /// H * W * C: numbers in one sample.
  package var count: Int { height * width * channels }

  /// "64 x 64 x 3".
  package var description: String { "\(height) x \(width) x \(channels)" }
}
