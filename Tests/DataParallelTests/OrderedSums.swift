import Communication
import DataParallel
import TestRanks

/// What slice `slice` contributes to element `index`: numbers of very different sizes, so that every other
/// order of addition gives other bits.
func contribution(_ slice: Int, _ index: Int) -> Float {
  var x = UInt64(slice &* 1_000_003 &+ index &+ 1) &* 0x9e37_79b9_7f4a_7c15
  x ^= x >> 31
  x &*= 0xd6e8_feb8_6659_fd93
  let mantissa = Float(x >> 40) - Float(1 << 23)
  return mantissa * [1e-6, 1e-3, 1, 37][Int(x & 3)]
}

/// The balanced tree of Note [Slice order], written as plainly as it is said.
func treeSum<Number: BinaryFloatingPoint>(_ slices: Range<Int>, _ value: (Int) -> Number) -> Number {
  if slices.count == 1 { return value(slices.lowerBound) }
  let middle = slices.lowerBound + slices.count / 2
  return treeSum(slices.lowerBound..<middle, value) + treeSum(middle..<slices.upperBound, value)
}

/// Memory for floats that lives as long as this does.
final class Floats {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int, _ value: (Int) -> Float = { _ in 0 }) {
    self.count = count
    pointer = .allocate(capacity: max(1, count))
    for i in 0..<count { (pointer + i).initialize(to: value(i)) }
  }

  deinit { pointer.deallocate() }

  subscript(_ index: Int) -> Float {
    get { pointer[index] }
    set { pointer[index] = newValue }
  }
}

/// Whether sums over `slices` have the bits of the plain tree, or, under `fast`, its value. Collective.
func checkSums(_ c: any Communicator, mode: ReductionMode, slices: Int, count: Int) throws {
  let layout = SliceLayout(batch: slices, slices: slices, ranks: c.size, rank: c.rank)
  let local = layout.localSlices
  let sums = try SliceSums(communicator: c, mode: mode)

  var doubles = (0..<local.count * count).map {
    Double(contribution(local.lowerBound + $0 / count, $0 % count)) / 3
  }
  var doubleTotal = [Double](repeating: -1, count: count)
  try sums.sum(&doubles, slices: local.count, count: count, into: &doubleTotal)

  for i in 0..<count {
    let expectedDouble = treeSum(0..<slices) { Double(contribution($0, i)) / 3 }
    let largest = (0..<slices).map { abs(contribution($0, i)) }.max() ?? 0
    switch mode {
    case .ordered:
      try demand(
        doubleTotal[i].bitPattern == expectedDouble.bitPattern, "double \(i) of \(count) has the tree's bits",
        on: c)
    case .fast:
      try demand(
        abs(doubleTotal[i] - expectedDouble) <= 1e-14 * Double(slices) * Double(largest),
        "double \(i) is right",
        on: c)
    }
  }
}

/// The counts to try: nothing, less than a rank each, odd, and long enough for recursive halving.
let sumCounts = [0, 1, 3, 1023, 1025, 8191, 20_011]
