import Layers

/// Convolution and its adjoint by definition, in double: one loop over the pairs of pixels that a tap joins.
struct ReferenceConvolution {
  let geometry: ConvolutionGeometry

  /// Calls `body` with the places of a small pixel, a large pixel and the tap between them, wherever both
  /// exist.
  private func forEachTap(_ samples: Range<Int>, _ body: (_ small: Int, _ large: Int, _ tap: Int) -> Void) {
    let g = geometry
    for n in samples {
      for i in 0..<g.small.height {
        for j in 0..<g.small.width {
          for kh in 0..<g.kernelHeight {
            for kw in 0..<g.kernelWidth {
              let y = i * g.stride - g.top + kh
              let x = j * g.stride - g.left + kw
              guard y >= 0, y < g.large.height, x >= 0, x < g.large.width else { continue }
              body(
                ((n * g.small.height + i) * g.small.width + j) * g.small.channels,
                ((n * g.large.height + y) * g.large.width + x) * g.large.channels,
                (kh * g.kernelWidth + kw) * g.large.channels * g.small.channels)
            }
          }
        }
      }
    }
  }

  private var channels: (large: Int, small: Int) { (geometry.large.channels, geometry.small.channels) }

  /// What a convolution computes, and a transposed convolution's data gradient.
  func gather(_ large: [Float], _ weights: [Float], samples: Int) -> [Double] {
    var result = [Double](repeating: 0, count: samples * geometry.small.count)
    let (cl, cs) = channels
    result.withUnsafeMutableBufferPointer { result in
      forEachTap(0..<samples) { small, pixel, tap in
        for l in 0..<cl {
          let value = Double(large[pixel + l])
          for s in 0..<cs { result[small + s] += value * Double(weights[tap + l * cs + s]) }
        }
      }
    }
    return result
  }

  /// What a transposed convolution computes, and a convolution's data gradient.
  func spread(_ small: [Float], _ weights: [Float], samples: Int) -> [Double] {
    var result = [Double](repeating: 0, count: samples * geometry.large.count)
    let (cl, cs) = channels
    result.withUnsafeMutableBufferPointer { result in
      forEachTap(0..<samples) { pixel, large, tap in
        for l in 0..<cl {
          var sum = 0.0
          for s in 0..<cs { sum += Double(small[pixel + s]) * Double(weights[tap + l * cs + s]) }
          result[large + l] += sum
        }
      }
    }
    return result
  }

  /// The gradient of the weights from some of the samples.
  func weightGradient(large: [Float], small: [Float], samples: Range<Int>) -> [Double] {
    var result = [Double](repeating: 0, count: geometry.weightCount)
    let (cl, cs) = channels
    result.withUnsafeMutableBufferPointer { result in
      forEachTap(samples) { pixel, largePixel, tap in
        for l in 0..<cl {
          let value = Double(large[largePixel + l])
          for s in 0..<cs { result[tap + l * cs + s] += value * Double(small[pixel + s]) }
        }
      }
    }
    return result
  }

  /// One number of the weights' gradient from the first `samples` samples.
  func weightGradient(large: [Float], small: [Float], _ samples: Int, at place: Int) -> Double {
    let g = geometry
    let (tap, rest) = place.quotientAndRemainder(dividingBy: g.large.channels * g.small.channels)
    let (l, s) = rest.quotientAndRemainder(dividingBy: g.small.channels)
    var sum = 0.0
    for n in 0..<samples {
      for i in 0..<g.small.height {
        let y = i * g.stride - g.top + tap / g.kernelWidth
        guard y >= 0, y < g.large.height else { continue }
        for j in 0..<g.small.width {
          let x = j * g.stride - g.left + tap % g.kernelWidth
          guard x >= 0, x < g.large.width else { continue }
          let pixel = ((n * g.large.height + y) * g.large.width + x) * g.large.channels + l
          sum +=
            Double(large[pixel])
            * Double(small[((n * g.small.height + i) * g.small.width + j) * g.small.channels + s])
        }
      }
    }
    return sum
  }
}

/// The largest difference, beside the size of the numbers compared: an error of float sums is of the order of
/// the largest of them, however small a single one is.
func largestError(_ a: [Float], _ b: [Double], scale: Double? = nil) -> Double {
  precondition(a.count == b.count)
  let scale = scale ?? b.reduce(0) { max($0, abs($1)) }
  return zip(a, b).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1)
    return difference.isNaN ? .infinity : max(worst, difference / max(scale, 1e-6))
  }
}
