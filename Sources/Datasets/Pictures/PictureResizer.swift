/// How a picture of any shape becomes a square.
package enum Fit: String, Codable, CaseIterable, Sendable {
  /// Both sides are scaled to the size; the aspect ratio is not kept.
  case stretch
  /// The shorter side is scaled to the size and the middle of the longer one is kept.
  case resizeAndCrop
  /// Nothing is scaled: a side that is too long is cut to its middle, a side that is too short is padded with
  /// black. If the difference is odd, the extra pixel is cut or added at the right or the bottom, as TensorFlow's
  /// `resize_with_crop_or_pad` does.
  case cropOrPad
}

/// Resizing of 8-bit pictures in HWC order.
///
/// A side that shrinks is area-averaged: every output pixel is the mean of the input that it covers, and an input
/// pixel that is covered in part counts by that part. A side that grows is interpolated linearly between pixel
/// centres. Weights are computed from integers and sums have a fixed order, so the bytes are the same on every
/// machine.
package enum PictureResizer {
  /// Writes `source` (width x height x channels) to `target` (size x size x channels) under `fit`.
  package static func resize(
    _ source: UnsafePointer<UInt8>, width: Int, height: Int, channels: Int, fit: Fit,
    into target: UnsafeMutablePointer<UInt8>, size: Int
  ) {
    if width == size && height == size {
      target.update(from: source, count: size * size * channels)
      return
    }
    switch fit {
    case .cropOrPad:
      cropOrPad(source, width: width, height: height, channels: channels, into: target, size: size)
    case .stretch:
      scale(
        source, width: width, channels: channels, into: target,
        columns: Axis(from: width, to: size, keep: 0..<size),
        rows: Axis(from: height, to: size, keep: 0..<size))
    case .resizeAndCrop:
      let short = min(width, height)
      let scaledWidth = width * size / short
      let scaledHeight = height * size / short
      let left = (scaledWidth - size) / 2
      let top = (scaledHeight - size) / 2
      scale(
        source, width: width, channels: channels, into: target,
        columns: Axis(from: width, to: scaledWidth, keep: left..<left + size),
        rows: Axis(from: height, to: scaledHeight, keep: top..<top + size))
    }
  }

  /// For each output place of a side, the input places that it is computed from and their weights, which sum to 1.
  private struct Axis {
    private(set) var first: [Int] = []
    private(set) var weights: [Float] = []
    /// weights[start[o] ..< start[o + 1]] belong to output o.
    private(set) var start: [Int] = [0]

    init(from input: Int, to output: Int, keep: Range<Int>) {
      for place in keep {
        if input > output {
          cover(place, input: input, output: output)
        } else {
          interpolate(place, input: input, output: output)
        }
        start.append(weights.count)
      }
    }

    /// In units of 1/output of an input pixel, output pixel o covers [o * input, (o + 1) * input).
    private mutating func cover(_ place: Int, input: Int, output: Int) {
      let low = place * input
      let high = low + input
      let begin = low / output
      let end = (high + output - 1) / output
      first.append(begin)
      for pixel in begin..<end {
        let overlap = min(high, (pixel + 1) * output) - max(low, pixel * output)
        weights.append(Float(overlap) / Float(input))
      }
    }

    /// The centre of output pixel o lies at (2 o + 1) * input / (2 output) - 1/2 input pixels.
    private mutating func interpolate(_ place: Int, input: Int, output: Int) {
      let doubled = max(0, (2 * place + 1) * input - output)
      let begin = min(doubled / (2 * output), input - 1)
      let fraction = Float(doubled - begin * 2 * output) / Float(2 * output)
      first.append(begin)
      if begin + 1 < input && fraction > 0 {
        weights.append(1 - fraction)
        weights.append(fraction)
      } else {
        weights.append(1)
      }
    }
  }

  private static func scale(
    _ source: UnsafePointer<UInt8>, width: Int, channels: Int, into target: UnsafeMutablePointer<UInt8>,
    columns: Axis, rows: Axis
  ) {
    let length = width * channels
    withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { line in
      var out = target
      for row in 0..<rows.first.count {
        // First over the rows, where the inner loop runs over neighbours in memory, then along the line.
        line.initialize(repeating: 0)
        for tap in rows.start[row]..<rows.start[row + 1] {
          let weight = rows.weights[tap]
          let input = source + (rows.first[row] + tap - rows.start[row]) * length
          for i in 0..<length { line[i] += weight * Float(input[i]) }
        }
        for column in 0..<columns.first.count {
          let taps = columns.start[column]..<columns.start[column + 1]
          for channel in 0..<channels {
            var sum: Float = 0
            var place = columns.first[column] * channels + channel
            for tap in taps {
              sum += columns.weights[tap] * line[place]
              place += channels
            }
            out[channel] = UInt8(min(255, sum + 0.5))
          }
          out += channels
        }
      }
    }
  }

  private static func cropOrPad(
    _ source: UnsafePointer<UInt8>, width: Int, height: Int, channels: Int,
    into target: UnsafeMutablePointer<UInt8>,
    size: Int
  ) {
    let cutLeft = max(0, (width - size) / 2)
    let cutTop = max(0, (height - size) / 2)
    let padLeft = max(0, (size - width) / 2)
    let padTop = max(0, (size - height) / 2)
    let columns = min(width, size)
    target.update(repeating: 0, count: size * size * channels)
    for row in 0..<min(height, size) {
      (target + ((padTop + row) * size + padLeft) * channels).update(
        from: source + ((cutTop + row) * width + cutLeft) * channels, count: columns * channels)
    }
  }
}
