/// The range of a picture's numbers, which G's last layer decides. Real pictures are scaled to this range,
/// and G's pictures are turned into bytes from it.
package enum PixelRange: Sendable {
  /// [-1, 1].
  case symmetric
  /// [0, 1].
  case unit
}

extension Architecture {
  /// [0, 1] where G ends in a sigmoid, else [-1, 1].
  package var pixelRange: PixelRange { Self.pixelRange(of: generator) }

  /// The range of the pictures of a generator of these layers.
  package static func pixelRange(of generator: [LayerSpecification]) -> PixelRange {
    // A layer that only moves or averages pixels keeps the range.
    let last = generator.last {
      switch $0 {
      case .reshape, .averagePool, .pixelShuffle, .upsampleNearest: false
      default: true
      }
    }
    return last == .sigmoid ? .unit : .symmetric
  }
}

extension PixelRange {
  /// How a byte, 0 to 255, becomes a number of this range: byte * scale + shift.
  package var fromBytes: (scale: Float, shift: Float) {
    switch self {
    case .symmetric: (1 / 127.5, -1)
    case .unit: (1 / 255, 0)
    }
  }
}
