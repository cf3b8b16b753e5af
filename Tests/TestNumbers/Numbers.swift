/// Numbers for tests, the same in every run and on every machine (Steele, Lea and Flood 2014, SplitMix64).
public struct Numbers {
  private var state: UInt64

  /// Begins at `seed`.
  public init(_ seed: Int) { state = UInt64(seed) &* 0xD1B5_4A32_D192_ED03 }

  /// All bits are random.
  public mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Uniform in [-1, 1).
  public mutating func float() -> Float { Float(Int64(bitPattern: word()) >> 40) * 0x1p-23 }

  /// `count` numbers as `float` gives them.
  public mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

/// Lengths around the vector widths of every instruction set, and beyond a few of them.
public let oddLengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 100, 129]

/// Whether two runs of floats are the same bits.
public func sameBits(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

/// The largest of |a - b| / max(|b|, floor); infinite where only one of them is a number.
public func largestRelativeError(_ a: [Float], _ b: [Double], floor: Double = 1e-30) -> Double {
  precondition(a.count == b.count)
  return zip(a, b).reduce(0) { worst, pair in
    let (a, b) = (Double(pair.0), pair.1)
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? worst : .infinity }
    return max(worst, a == b ? 0 : abs(a - b) / max(abs(b), floor))
  }
}
