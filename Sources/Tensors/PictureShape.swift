/// The shape of one sample: H x W x C, in this order in memory. A vector of F features is 1 x 1 x F.
public struct PictureShape: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// H.
  public var height: Int
  /// W.
  public var width: Int
  /// C.
  public var channels: Int

  /// Creates a shape from its extents.
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A vector of `features` numbers.
  public static func vector(_ features: Int) -> PictureShape {
    PictureShape(height: 1, width: 1, channels: features)
  }

  /// H * W.
  public var pixels: Int { height * width }
  /// H * W * C: numbers in one sample.
  public var count: Int { height * width * channels }

  /// "64 x 64 x 3".
  public var description: String { "\(height) x \(width) x \(channels)" }
}
