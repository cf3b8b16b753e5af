import Drawing

/// Statistics that tell noise from pictures, and one picture from many, whatever the pictures show.
package struct PictureStatistics: Equatable, Sendable {
  /// The correlation of neighbouring pixels within a picture: 0 for white noise, about 0.9 for photographs, 1 for
  /// pictures of one colour.
  package var smoothness: Double
  /// The standard deviation of a pixel over the pictures, of 255: 0 where all pictures are the same. nil
  /// for a single picture.
  package var variety: Double?

  /// Statistics from their parts.
  package init(smoothness: Double, variety: Double?) {
    self.smoothness = smoothness
    self.variety = variety
  }

  /// Measures pictures.
  ///
  /// With V the variance of a picture's values around their mean, channel by channel, and D the mean squared difference
  /// of neighbours, right and below, both summed over pictures and channels: smoothness is 1 - D / 2 V.
  package init(_ pictures: SheetPictures) {
    let (count, height, width) = (pictures.count, pictures.height, pictures.width)
    let channels = pictures.channels
    let size = height * width * channels
    var (variances, differences, spread) = (0.0, 0.0, 0.0)
    let pairs = Double(height * (width - 1) + (height - 1) * width)
    pictures.bytes.withUnsafeBufferPointer { bytes in
      for first in stride(from: 0, to: count * size, by: size) {
        for channel in 0..<channels {
          var (sum, squares, difference) = (0.0, 0.0, 0.0)
          for y in 0..<height {
            for x in 0..<width {
              let at = first + (y * width + x) * channels + channel
              let value = Double(bytes[at])
              sum += value
              squares += value * value
              if x > 0 {
                let step = value - Double(bytes[at - channels])
                difference += step * step
              }
              if y > 0 {
                let step = value - Double(bytes[at - width * channels])
                difference += step * step
              }
            }
          }
          let mean = sum / Double(height * width)
          variances += max(0, squares / Double(height * width) - mean * mean)
          differences += pairs > 0 ? difference / pairs : 0
        }
      }
      for at in 0..<size {
        var (sum, squares) = (0.0, 0.0)
        for picture in 0..<count {
          let value = Double(bytes[picture * size + at])
          sum += value
          squares += value * value
        }
        let mean = sum / Double(count)
        spread += max(0, squares / Double(count) - mean * mean)
      }
    }
    smoothness = variances > 0 ? 1 - differences / (2 * variances) : 1
    variety = count > 1 ? (spread / Double(size)).squareRoot() : nil
  }
}
