import Communication
import DataParallel
import TestRanks

/// Layers of every kind of length: nothing, odd, less than a bucket, many buckets.
let layerLengths = [1000, 3, 0, 517, 40_001, 64, 1]

/// The layers' ranges of the flat gradient.
func layerRanges(_ lengths: [Int] = layerLengths) -> [Range<Int>] {
  var end = 0
  return lengths.map { length in
    defer { end += length }
    return end..<end + length
  }
}

/// Runs two steps of a reducer over `slices` and throws unless the flat gradient has the tree's bits (or,
/// under `fast`, its values). Collective.
func checkReducer(
  _ c: any Communicator, mode: ReductionMode, slices: Int, bucketBytes: Int, overlaps: Bool = true,
  wire: WirePrecision = .fp32
) throws {
  let ranges = layerRanges()
  let count = ranges.last?.upperBound ?? 0
  let stride = count + 5
  let local = SliceLayout(batch: slices, slices: slices, ranks: c.size, rank: c.rank).localSlices
  let perSlice = Floats(local.count * stride)
  let total = Floats(count)
  let traffic = try GradientTraffic(communicator: c, mode: mode, wire: wire, overlaps: overlaps)
  let reducer = GradientReducer(
    traffic: traffic, gradient: total.pointer, parameters: ranges, bucketBytes: bucketBytes)

  for step in 0..<2 {
    func value(_ slice: Int, _ i: Int) -> Float { contribution(slice + 100 * step, i) }
    for (place, slice) in local.enumerated() {
      for i in 0..<count { perSlice[place * stride + i] = value(slice, i) }
    }
    for i in 0..<count { total[i] = treeSum(0..<local.count) { perSlice[$0 * stride + i] } }
    // Not every layer has to be told: the last one of a step may be left to finish.
    for range in ranges.dropFirst(step).reversed() { reducer.layerIsFinal(range) }
    try reducer.finish()
    for i in 0..<count {
      let expected = treeSum(0..<slices) { value($0, i) }
      let largest = (0..<slices).map { abs(value($0, i)) }.max() ?? 0
      // What travels in bf16 has 8 bits.
      let share: Float = wire == .bf16 ? 0.005 : 1e-6
      let right =
        mode == .ordered && wire == .fp32
        ? total[i].bitPattern == expected.bitPattern
        : abs(total[i] - expected) <= share * Float(slices) * largest
      if !right {
        try demand(
          right, "gradient \(i) of step \(step) with buckets of \(bucketBytes) bytes is right", on: c)
      }
    }
    try demand(try agree(total, on: c), "all ranks have the same bits", on: c)
  }
}

/// Whether all ranks hold the same bits. Collective.
private func agree(_ values: Floats, on c: any Communicator) throws -> Bool {
  let bytes = UnsafeRawBufferPointer(start: values.pointer, count: 4 * values.count)
  let digest = ReplicaDigest([ReplicaBuffer(name: "gradient", bytes: bytes)])
  var votes = digest.votes
  try c.allReduce(&votes, .min)
  return ReplicaDigest.agree(votes)
}
