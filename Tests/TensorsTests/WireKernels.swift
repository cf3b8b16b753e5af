import CKernels
import TestSupport
import Testing

/// Floats to bfloat16 and back.
enum WireKernels {
  static func check() {
    numbers()
    edges()
  }

  /// The nearest of the two numbers of 8 bits around x, the even one of two that are as near, by arithmetic in
  /// double alone. `x` is finite, and so is the result.
  private static func rounded(_ x: Float) -> Float {
    guard x != 0 else { return x }
    // The last place of a bfloat16 of this size; subnormal ones have that of the smallest normal one.
    let exponent = max(Int(x.exponent), -126)
    let place = Double(sign: .plus, exponent: exponent - 7, significand: 1)
    return Float((Double(x) / place).rounded(.toNearestOrEven) * place)
  }

  private static func numbers() {
    var numbers = Numbers(31)
    for count in oddLengths + [1025] {
      // Every size of number, subnormal ones too.
      let x = numbers.floats(count).enumerated().map { $1 * [1, 1e-12, 3e30, 0x1p-130, 0][$0 % 5] }
      let expected = x.map(rounded)
      var own = x + [9]
      var wire = [UInt16](repeating: 77, count: count + 1)
      ck_wire_pack(&own, &wire, count)
      #expect(sameBits(own, expected + [9]))
      #expect(wire == expected.map { UInt16($0.bitPattern >> 16) } + [77])
      #expect(expected.allSatisfy { $0.bitPattern & 0xffff == 0 })

      var back = [Float](repeating: 9, count: count + 1)
      ck_wire_unpack(wire, &back, count)
      #expect(sameBits(back, expected + [9]))

      let base = numbers.floats(count)
      var sum = base + [9]
      ck_wire_add(wire, &sum, count)
      #expect(sameBits(sum, zip(base, expected).map { $0 + $1 } + [9]))
    }
  }

  private static func edges() {
    // Ties go to the even neighbour; the largest floats to infinity; NaN stays NaN, whatever its bits.
    let x: [UInt32] = [
      0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0x3f80_7fff, 0x7f7f_ffff, 0xff7f_8000, 0x7f80_0000, 0xff80_0000,
      0x7f80_0001, 0xffff_ffff, 0x7fc0_0000, 0x8000_0000, 0x0000_8000, 0x0000_8001,
    ]
    let expected: [UInt16] = [
      0x3f80, 0x3f82, 0x3f81, 0x3f80, 0x7f80, 0xff80, 0x7f80, 0xff80, 0x7fc0, 0xffff, 0x7fc0, 0x8000, 0x0000,
      0x0001,
    ]
    for shift in 0..<x.count {
      let count = 4 * x.count + 3
      var own = (0..<count).map { Float(bitPattern: x[($0 + shift) % x.count]) }
      var wire = [UInt16](repeating: 0, count: count)
      ck_wire_pack(&own, &wire, count)
      #expect(wire == (0..<count).map { expected[($0 + shift) % x.count] })
    }
  }
}
