import Communication
import DataParallel
import Testing
import ThreadRanks

@Suite("Sums over slices and ranks")
struct SliceTreeTests {
  @Test("The test's own numbers tell orders of addition apart")
  func teeth() {
    let differing = (0..<1000).filter { i in
      let inOrder = (0..<8).reduce(Float(0)) { $0 + contribution($1, i) }
      return inOrder.bitPattern != treeSum(0..<8) { contribution($0, i) }.bitPattern
    }
    #expect(differing.count > 200)
  }

  @Test("Any number of slices is added as the tree says", arguments: [1, 2, 3, 4, 5, 7, 8, 16, 64])
  func local(slices: Int) {
    // The stride is longer than the run, and in place means on top of the first slice.
    let count = 2500
    let stride = count + 13
    func number(_ slice: Int, _ i: Int) -> Double { Double(contribution(slice, i)) / 3 }
    var values = (0..<slices * stride).map { number($0 / stride, $0 % stride) }
    var total = [Double](repeating: -1, count: count)
    SliceTree.sumSlices(&values, slices: slices, stride: stride, count: count, into: &total)
    values.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      SliceTree.sumSlices(base, slices: slices, stride: stride, count: count, into: base)
    }
    for i in 0..<count {
      let expected = treeSum(0..<slices) { number($0, i) }
      #expect(total[i].bitPattern == expected.bitPattern)
      #expect(values[i].bitPattern == expected.bitPattern)
    }
  }

  @Test("Ordered sums have the same bits on any number of ranks", arguments: [1, 2, 4, 8])
  func ordered(ranks: Int) throws {
    for slices in [8, 16] {
      try ThreadCommunicator.run(ranks: ranks) { c in
        for count in sumCounts { try checkSums(c, mode: .ordered, slices: slices, count: count) }
      }
    }
  }

  @Test("Fast sums are right on any number of ranks", arguments: [1, 2, 3, 5])
  func fast(ranks: Int) throws {
    try ThreadCommunicator.run(ranks: ranks) { c in
      for count in sumCounts { try checkSums(c, mode: .fast, slices: ranks, count: count) }
    }
  }

  @Test("Slices of unequal and no samples keep the bits on any number of ranks", arguments: [1, 2, 4, 8])
  func uneven(ranks: Int) throws {
    // 11 and 5 samples in 8 slices: what a slice contributes is the sum of its samples, nothing if it has
    // none.
    for batch in [11, 5] {
      let totals = try ThreadCommunicator.run(ranks: ranks) { c in
        let layout = SliceLayout(batch: batch, slices: 8, ranks: c.size, rank: c.rank)
        let sums = try SliceSums(communicator: c, mode: .ordered)
        var perSlice = layout.localSlices.map { slice in
          layout.samples(ofSlice: slice).reduce(0.0) { $0 + Double(contribution($1, 0)) / 3 }
        }
        var total = 0.0
        try sums.sum(&perSlice, slices: perSlice.count, count: 1, into: &total)
        return total.bitPattern
      }
      let expected = treeSum(0..<8) { slice in
        (slice * batch / 8..<(slice + 1) * batch / 8).reduce(0.0) { $0 + Double(contribution($1, 0)) / 3 }
      }
      #expect(totals == Array(repeating: expected.bitPattern, count: ranks))
    }
  }

  @Test("A rank that fails does not leave the others in a sum", arguments: [ReductionMode.ordered, .fast])
  func failure(mode: ReductionMode) {
    #expect(throws: Unmet.self) {
      try ThreadCommunicator.run(ranks: 4) { c in
        let tree = SliceTree(communicator: c, mode: mode)
        var values = [Double](repeating: 0, count: 20_000)
        for step in 0..<10 {
          if c.rank == 2 && step == 5 { throw Unmet(description: "stop") }
          try tree.sumRanks(&values, count: values.count)
        }
      }
    }
  }
}
