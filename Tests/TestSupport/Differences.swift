/// Whether two runs of floats are the same bits.
package func sameBits(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

/// The largest of |a - b| / max(|b|, floor); infinite where only one of them is a number.
package func largestRelativeError(_ a: [Float], _ b: [Double], floor: Double = 1e-30) -> Double {
  precondition(a.count == b.count)
  return zip(a, b).reduce(0) { worst, pair in
    let (a, b) = (Double(pair.0), pair.1)
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? worst : .infinity }
    return max(worst, a == b ? 0 : abs(a - b) / max(abs(b), floor))
  }
}

/// ||a - b|| / ||b||.
package func relativeNorm(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  let difference = zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
  let length = b.reduce(0) { $0 + Double($1) * Double($1) }
  return (difference / length).squareRoot()
}

/// The largest of |a - b|.
package func largestDifference(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - Double(pair.1))
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}
