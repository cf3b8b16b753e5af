import Tensors

/// What an augmentation does to one picture: a linear map of it, and a shift of brightness (Zhao et al. 2020).
///
/// With m the mean over a pixel's channels and M that over the whole picture, in this order: x + brightness; saturation x
/// + (1 - saturation) m; contrast x + (1 - contrast) M; y[i, j] = x[i + down, j + across], 0 beyond the border; 0
/// within the cut.
package struct PictureChange {
  /// Added to every number.
  package var brightness: Float = 0
  /// The factor on a number's distance from its pixel's grey.
  package var saturation: Float = 1
  /// The factor on a number's distance from the picture's mean.
  package var contrast: Float = 1
  /// Rows that the picture is moved up by.
  package var down = 0
  /// Columns that it is moved to the left by.
  package var across = 0
  /// Rows and columns of the rectangle that is set to 0.
  package var cut: (rows: Range<Int>, columns: Range<Int>) = (0..<0, 0..<0)

  /// A change that does nothing.
  package init() {}

  private var changesColor: Bool { brightness != 0 || saturation != 1 || contrast != 1 }

  /// Writes the changed x to y, both [H, W, C]; they must not overlap.
  package func apply(
    to x: UnsafePointer<Float>, _ shape: PictureShape, into y: UnsafeMutablePointer<Float>
  ) {
    // Saturation keeps each pixel's mean, so the picture's mean after it can be taken from x.
    let middle = changesColor ? (1 - contrast) * (Self.mean(x, shape.count) + brightness) : 0
    let channels = shape.channels
    y.update(repeating: 0, count: shape.count)
    eachPixel(shape) { from, to in
      let (pixel, seen) = (x + from * channels, y + to * channels)
      guard changesColor else { return seen.update(from: pixel, count: channels) }
      let grey = (1 - saturation) * (Self.mean(pixel, channels) + brightness)
      for c in 0..<channels {
        seen[c] = contrast * (saturation * (pixel[c] + brightness) + grey) + middle
      }
    }
  }

  /// Writes the gradient with respect to x to dx, given dy; they must not overlap. This is the transpose of
  /// the linear part of `apply`.
  package func adjoint(
    of dy: UnsafePointer<Float>, _ shape: PictureShape, into dx: UnsafeMutablePointer<Float>
  ) {
    let channels = shape.channels
    dx.update(repeating: 0, count: shape.count)
    eachPixel(shape) { from, to in
      (dx + from * channels).update(from: dy + to * channels, count: channels)
    }
    guard changesColor else { return }
    // Replacing numbers by their mean is its own transpose.
    let middle = (1 - contrast) * Self.mean(dx, shape.count)
    for place in 0..<shape.pixels {
      let pixel = dx + place * channels
      let grey = (1 - saturation) * (contrast * Self.mean(pixel, channels) + middle)
      for c in 0..<channels { pixel[c] = saturation * (contrast * pixel[c] + middle) + grey }
    }
  }

  /// Calls `body(from, to)` for every pixel `from` of x that is visible in y, as pixel `to`.
  private func eachPixel(_ shape: PictureShape, _ body: (_ from: Int, _ to: Int) -> Void) {
    let columns = max(0, -across)..<max(0, -across, shape.width - max(0, across))
    for i in max(0, -down)..<max(0, -down, shape.height - max(0, down)) {
      let isCut = cut.rows.contains(i)
      for j in columns where !(isCut && cut.columns.contains(j)) {
        body((i + down) * shape.width + j + across, i * shape.width + j)
      }
    }
  }

  /// The mean, added up in double, in order.
  private static func mean(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum = 0.0
    for i in 0..<count { sum += Double(x[i]) }
    return Float(sum / Double(count))
  }
}
