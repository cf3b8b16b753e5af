import CKernels
import TestSupport
import Testing

/// The passes of batch norm. Sums in double are added row by row, so they are held to the bit.
enum BatchNormKernels {
  static func check() {
    for channels in oddLengths where channels > 0 {
      for rows in [0, 1, 2, 5, 40] {
        sums(rows: rows, channels: channels)
        normalize(rows: rows, channels: channels)
        backward(rows: rows, channels: channels)
      }
    }
  }

  private static func sums(rows: Int, channels: Int) {
    var numbers = Numbers(rows * 1000 + channels)
    let x = numbers.floats(rows * channels).map { $0 * 3 + 1 }
    let before = numbers.floats(2 * channels).map(Double.init)
    var expected = before
    for row in 0..<rows {
      for c in 0..<channels {
        let value = Double(x[row * channels + c])
        expected[c] += value
        expected[channels + c] += value * value
      }
    }
    var moments = before
    ck_moments(x, rows, channels, &moments)
    #expect(moments == expected)
    var columns = before
    ck_column_sums(x, rows, channels, &columns)
    #expect(columns == Array(expected[..<channels] + before[channels...]))
  }

  private static func normalize(rows: Int, channels: Int) {
    var numbers = Numbers(rows * 1000 + channels + 1)
    let x = numbers.floats(rows * channels)
    let scale = numbers.floats(channels)
    let shift = numbers.floats(channels)
    for (activation, slope) in [(CK_IDENTITY, Float(1)), (CK_LEAKY_RELU, 0.2), (CK_LEAKY_RELU, 0)] {
      var y = [Float](repeating: 9, count: rows * channels + 1)
      ck_normalize(x, scale, shift, &y, rows, channels, Int32(activation), slope)
      var right = y[rows * channels] == 9
      for i in 0..<rows * channels {
        let c = i % channels
        let linear = Double(x[i]) * Double(scale[c]) + Double(shift[c])
        let expected = linear > 0 || activation == CK_IDENTITY ? linear : linear * Double(slope)
        if !(abs(Double(y[i]) - expected) < 2e-7) { right = false }
      }
      #expect(right, "\(rows) x \(channels), activation \(activation)")
      var inPlace = x
      inPlace.withUnsafeMutableBufferPointer {
        ck_normalize($0.baseAddress, scale, shift, $0.baseAddress, rows, channels, Int32(activation), slope)
      }
      #expect(sameBits(inPlace, Array(y.dropLast())))
    }
  }

  private static func backward(rows: Int, channels: Int) {
    var numbers = Numbers(rows * 1000 + channels + 2)
    let count = rows * channels
    let x = numbers.floats(count)
    let scale = numbers.floats(channels)
    let shift = numbers.floats(channels)
    let gradient = numbers.floats(count)
    let mean = numbers.floats(channels)
    let inverse = numbers.floats(channels).map { abs($0) + 0.5 }
    let before = numbers.floats(2 * channels).map(Double.init)
    for (activation, slope) in [(CK_IDENTITY, Float(1)), (CK_LEAKY_RELU, 0.2)] {
      var expected = before
      var through = gradient
      for i in 0..<count {
        let c = i % channels
        let linear = Double(x[i]) * Double(scale[c]) + Double(shift[c])
        if activation == CK_LEAKY_RELU, !(linear > 0) { through[i] *= slope }
        expected[c] += Double(through[i])
        expected[channels + c] += Double(through[i]) * Double((x[i] - mean[c]) * inverse[c])
      }
      var sums = before
      ck_batchnorm_backward_sums(
        x, gradient, scale, shift, mean, inverse, rows, channels, Int32(activation), slope, &sums)
      #expect(sums == expected)
      apply(x, gradient, through, scale, shift, (Int32(activation), slope), rows: rows, channels: channels)
    }
  }

  private static func apply(
    _ x: [Float], _ dy: [Float], _ g: [Float], _ scale: [Float], _ shift: [Float],
    _ activation: (code: Int32, slope: Float), rows: Int, channels: Int
  ) {
    let count = rows * channels
    var numbers = Numbers(rows * 1000 + channels + 3)
    let a = numbers.floats(channels)
    let b = numbers.floats(channels)
    let constant = numbers.floats(channels)
    var apart = [Float](repeating: 9, count: count)
    ck_batchnorm_backward_apply(
      x, dy, scale, shift, a, b, constant, &apart, rows, channels, activation.code, activation.slope)
    var inPlace = dy
    inPlace.withUnsafeMutableBufferPointer {
      ck_batchnorm_backward_apply(
        x, $0.baseAddress, scale, shift, a, b, constant, $0.baseAddress, rows, channels, activation.code,
        activation.slope)
    }
    #expect(sameBits(apart, inPlace))
    let right = (0..<count).allSatisfy { i in
      let c = i % channels
      let expected = Double(g[i]) * Double(a[c]) + Double(x[i]) * Double(b[c]) + Double(constant[c])
      return abs(Double(apart[i]) - expected) < 4e-7
    }
    #expect(right)
  }
}
