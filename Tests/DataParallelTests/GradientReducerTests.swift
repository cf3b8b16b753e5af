import Communication
import DataParallel
import Foundation
import TestRanks
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
        for overlaps in [true, false] {
          try checkReducer(c, mode: .ordered, slices: 8, bucketBytes: bytes, overlaps: overlaps)
        }
      }
    }
  }

  @Test("Fast reduction is right on three ranks")
  func fast() throws {
    try ThreadCommunicator.run(ranks: 3) { c in
      try checkReducer(c, mode: .fast, slices: 3, bucketBytes: 50_000)
      try checkReducer(c, mode: .fast, slices: 3, bucketBytes: 50_000, overlaps: false)
    }
  }

  @Test("Gradients in bf16 are about right, and the same on all ranks", arguments: [2, 4, 8])
  func bfloat16(ranks: Int) throws {
    try ThreadCommunicator.run(ranks: ranks) { c in
      try checkReducer(c, mode: .ordered, slices: 8, bucketBytes: 50_000, wire: .bf16)
    }
  }

  @Test("bf16 is refused where MPI adds, and said where it is taken")
  func wire() {
    #expect(WirePrecision.bf16.settled(mode: .ordered, ranks: 4).wire == .bf16)
    #expect(WirePrecision.bf16.settled(mode: .ordered, ranks: 4).notice?.contains("not promised") == true)
    #expect(WirePrecision.bf16.settled(mode: .fast, ranks: 3).wire == .fp32)
    #expect(WirePrecision.bf16.settled(mode: .fast, ranks: 3).notice?.contains("fp32") == true)
    #expect(WirePrecision.bf16.settled(mode: .ordered, ranks: 1) == (.fp32, nil))
    #expect(WirePrecision.fp32.settled(mode: .ordered, ranks: 4) == (.fp32, nil))
  }

  @Test("Buckets leave as soon as their layers are final, not before, and travel by themselves")
  func timing() throws {
    let ranges = layerRanges()
    let count = ranges.last?.upperBound ?? 0
    try ThreadCommunicator.run(ranks: 2) { c in
      let gradient = Floats(count) { _ in 1 }
      let traffic = try GradientTraffic(communicator: c, mode: .ordered)
      let reducer = GradientReducer(
        traffic: traffic, gradient: gradient.pointer, parameters: ranges, bucketBytes: 8192)
      reducer.layerIsFinal(ranges[4])
      // Nobody waits, and yet it ends; far longer than it takes.
      let patience = ContinuousClock.now + .seconds(60)
      while traffic.isUnderWay && ContinuousClock.now < patience { Thread.sleep(forTimeInterval: 0.001) }
      #expect((ranges[4].lowerBound..<count).allSatisfy { gradient[$0] == 2 })
      #expect((0..<ranges[4].lowerBound).allSatisfy { gradient[$0] == 1 })
      #expect(traffic.busySeconds > 0)
      try reducer.finish()
      #expect((0..<count).allSatisfy { gradient[$0] == 2 })
    }
  }
}
