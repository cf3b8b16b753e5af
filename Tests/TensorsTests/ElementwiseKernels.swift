import CKernels
import TestSupport
import Testing

/// Conversions, sums, checks.
enum ElementwiseKernels {
  static func check() {
    fromBytes()
    toBytes()
    add()
    firstNonFinite()
  }

  private static func fromBytes() {
    for count in oddLengths + [256] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
      var pixels = [Float](repeating: 9, count: count + 1)
      ck_from_bytes(bytes, 1 / 127.5, -1, &pixels, count)
      #expect(pixels[count] == 9)
      #expect(zip(pixels, bytes).allSatisfy { abs(Double($0) - (Double($1) / 127.5 - 1)) < 2e-7 })
      var back = [UInt8](repeating: 77, count: count + 1)
      ck_to_bytes(pixels, 127.5, 127.5, &back, count)
      #expect(back == bytes + [77])
    }
    var ends: [Float] = [9, 9]
    ck_from_bytes([0, 255], 1 / 127.5, -1, &ends, 2)
    #expect(ends[0] == -1 && abs(ends[1] - 1) <= .ulpOfOne)
  }

  private static func toBytes() {
    let x: [Float] = [
      .nan, .infinity, -.infinity, 1e30, -1e30, -0.4, -0.6, 254.4, 254.6, 255.4, 300, 0, 0.49, 0.51, 1.5,
      126.75, .leastNonzeroMagnitude,
    ]
    let expected: [UInt8] = [0, 255, 0, 255, 0, 0, 0, 254, 255, 255, 255, 0, 0, 1, 2, 127, 0]
    // Every place within a vector, and the places after the last whole one.
    for shift in 0..<x.count {
      for count in [x.count, 16 * x.count + 3] {
        let moved = (0..<count).map { x[($0 + shift) % x.count] }
        var bytes = [UInt8](repeating: 9, count: count)
        ck_to_bytes(moved, 1, 0, &bytes, count)
        #expect(bytes == (0..<count).map { expected[($0 + shift) % x.count] })
      }
    }
  }

  private static func add() {
    var numbers = Numbers(21)
    for count in oddLengths {
      let a = numbers.floats(count)
      let b = numbers.floats(count)
      let expected = zip(a, b).map { $0 + $1 }
      var total = [Float](repeating: 9, count: count + 1)
      ck_add(a, b, &total, count)
      #expect(sameBits(total, expected + [9]))
      var first = a
      first.withUnsafeMutableBufferPointer { ck_add($0.baseAddress, b, $0.baseAddress, count) }
      var second = b
      second.withUnsafeMutableBufferPointer { ck_add(a, $0.baseAddress, $0.baseAddress, count) }
      #expect(sameBits(first, expected) && sameBits(second, expected))
    }
  }

  private static func firstNonFinite() {
    for count in oddLengths {
      var x = [Float](repeating: .greatestFiniteMagnitude, count: count)
      #expect(ck_first_nonfinite(x, count) == count)
      for bad: Float in [.nan, .infinity, -.infinity, .signalingNaN] {
        for place in Set([0, count / 2, count - 1]) where place >= 0 && place < count {
          x[place] = bad
          #expect(ck_first_nonfinite(x, count) == place)
          x[place] = -.leastNonzeroMagnitude
        }
      }
    }
  }
}
