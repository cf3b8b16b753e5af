import Communication
import DataParallel
import Testing

@Suite("Gradient buckets")
struct GradientReducerTests {
  @Test("Buckets cover the gradient once, from its end", arguments: [1, 64, 4096, 2 << 20])
  func cover(bytes: Int) {
    let buckets = GradientBuckets(parameters: layerRanges(), bytes: bytes).ranges
    var end = layerRanges().last?.upperBound ?? 0
    for bucket in buckets {
      #expect(bucket.upperBound == end && !bucket.isEmpty)
      end = bucket.lowerBound
    }
    #expect(end == 0)
    // The last holds what is left of the first layers.
    let sizes = buckets.dropLast().map { $0.count * 4 }
    if bytes >= 64 {
      #expect(sizes.allSatisfy { 3 * $0 >= 2 * bytes - 12 && 2 * $0 <= 3 * bytes + 8 }, "\(sizes)")
    }
  }

  @Test("No parameters make no buckets")
  func none() {
    #expect(GradientBuckets(parameters: [], bytes: 1024).ranges.isEmpty)
    #expect(GradientBuckets(parameters: [0..<0], bytes: 1024).ranges.isEmpty)
  }

  @Test("Ranks and bucket sizes do not matter to the bits", arguments: [1, 2, 4, 8])
  func ordered(ranks: Int) throws {
    try ThreadCommunicator.run(ranks: ranks) { c in
      for bytes in [4096, 50_000, 2 << 20] {
        try checkReducer(c, mode: .ordered, slices: 8, bucketBytes: bytes)
      }
    }
  }

  @Test("Fast reduction is right on three ranks")
  func fast() throws {
    try ThreadCommunicator.run(ranks: 3) { c in
      try checkReducer(c, mode: .fast, slices: 3, bucketBytes: 50_000)
    }
  }

  @Test("Buckets are reduced as soon as their layers are final, not before")
  func timing() throws {
    let ranges = layerRanges()
    let count = ranges.last?.upperBound ?? 0
    try ThreadCommunicator.run(ranks: 2) { c in
      let gradient = Floats(count) { _ in 1 }
      let reducer = try GradientReducer(
        communicator: c, mode: .ordered, gradient: gradient.pointer, parameters: ranges, bucketBytes: 8192)
      try reducer.layerIsFinal(ranges[4])
      #expect((ranges[4].lowerBound..<count).allSatisfy { gradient[$0] == 2 })
      #expect((0..<ranges[4].lowerBound).allSatisfy { gradient[$0] == 1 })
      try reducer.finish()
      #expect((0..<count).allSatisfy { gradient[$0] == 2 })
    }
  }
}
