/// Numbers for tests, the same in every run and on every machine (Steele, Lea and Flood 2014, SplitMix64).
package struct Numbers {
  private var state: UInt64

  /// Begins at `seed`.
  package init(_ seed: Int) { state = UInt64(seed) &* 0xD1B5_4A32_D192_ED03 }

  /// All bits are random.
  package mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Uniform in [-1, 1).
  package mutating func float() -> Float { Float(Int64(bitPattern: word()) >> 40) * 0x1p-23 }

  /// `count` numbers as `float` gives them.
  package mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

/// Lengths around the vector widths of every instruction set, and beyond a few of them.
package let oddLengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 100, 129]
