extension Raster {
  /// The picture with each square of factor x factor pixels replaced by one pixel, their mean. Columns and rows that
  /// do not fill a square are cut off.
  package func shrunk(by factor: Int) -> Raster {
    precondition(factor > 0 && factor <= width && factor <= height, "a picture is shrunk by a whole number")
    guard factor > 1 else { return self }
    let (columns, rows) = (width / factor, height / factor)
    var small = [UInt8](repeating: 0, count: columns * rows * channels)
    let area = factor * factor
    bytes.withUnsafeBufferPointer { bytes in
      for y in 0..<rows {
        for x in 0..<columns {
          for channel in 0..<channels {
            var sum = 0
            for row in y * factor..<(y + 1) * factor {
              for column in x * factor..<(x + 1) * factor {
                sum += Int(bytes[(row * width + column) * channels + channel])
              }
            }
            small[(y * columns + x) * channels + channel] = UInt8((sum + area / 2) / area)
          }
        }
      }
    }
    return Raster(width: columns, height: rows, channels: channels, bytes: small)
  }
}
