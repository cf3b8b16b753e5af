import DataParallel
import Testing

@Suite("How a batch is cut")
struct SliceLayoutTests {
  @Test(
    "The default number of slices",
    arguments: [
      (128, 1, 8), (128, 8, 8), (100, 1, 4), (8, 1, 1), (64, 2, 8), (20, 1, 2), (7, 1, 1), (1, 1, 1),
      // More ranks, a power of two, that the batch still feeds.
      (128, 16, 16), (8, 4, 4), (100, 8, 8), (8, 8, 8),
      // No power of two, or more than the batch.
      (128, 12, 8), (8, 16, 1),
    ])
  func defaultSlices(batch: Int, ranks: Int, slices: Int) {
    #expect(SliceLayout.defaultSlices(batch: batch, ranks: ranks) == slices)
  }

  @Test("Slices and ranks cover every batch once, in order", arguments: [1, 2, 4, 8])
  func cover(ranks: Int) {
    for batch in 0...40 {
      var next = 0
      for rank in 0..<ranks {
        let layout = SliceLayout(batch: batch, slices: 8, ranks: ranks, rank: rank)
        #expect(layout.localSamples.lowerBound == next)
        #expect(layout.localBoundaries.count == 8 / ranks + 1)
        #expect(layout.localBoundaries.first == 0)
        #expect(layout.localBoundaries.last == layout.localSamples.count)
        for (place, slice) in layout.localSlices.enumerated() {
          let samples = layout.samples(ofSlice: slice)
          #expect(samples == slice * batch / 8..<(slice + 1) * batch / 8)
          #expect(samples.lowerBound == next + layout.localBoundaries[place])
          #expect(samples.count == layout.localBoundaries[place + 1] - layout.localBoundaries[place])
        }
        // As command-line options say it: rank i takes samples from floor(i b / n) on.
        #expect(next == rank * batch / ranks)
        next = layout.localSamples.upperBound
      }
      #expect(next == batch)
    }
  }

  @Test("No shorter batch needs more room than the capacities say")
  func capacity() {
    for rank in 0..<4 {
      let full = SliceLayout(batch: 27, slices: 8, ranks: 4, rank: rank)
      for batch in 0...27 {
        let layout = full.resized(batch: batch)
        #expect(layout.localSamples.count <= full.localCapacity)
        #expect(layout.localSlices.allSatisfy { layout.samples(ofSlice: $0).count <= full.sliceCapacity })
      }
    }
  }
}

@Suite("Which reduction a run gets")
struct ReductionPlanTests {
  @Test("What fits runs ordered, without a word")
  func fits() throws {
    for ranks in [1, 2, 4, 8] {
      let plan = try ReductionPlan.resolve(batch: 128, ranks: ranks)
      #expect(plan.mode == .ordered && plan.slices == 8 && plan.recordedSlices == 8 && plan.notice == nil)
    }
  }

  @Test("More ranks than slices raise the slices and say how one rank gets the same bits")
  func raised() throws {
    let plan = try ReductionPlan.resolve(batch: 128, ranks: 16)
    #expect(plan.mode == .ordered && plan.slices == 16 && plan.recordedSlices == 16)
    #expect(plan.notice?.contains("16 ranks are more than the 8 slices") == true)
    #expect(plan.notice?.contains("--slices 16 gives one rank the same bits") == true)
    #expect(try ReductionPlan.resolve(batch: 8, ranks: 4).notice?.contains("the 1 slice ") == true)
  }

  @Test("Three ranks run fast and say what is not promised")
  func three() throws {
    let plan = try ReductionPlan.resolve(batch: 128, ranks: 3)
    #expect(plan.mode == .fast && plan.slices == 3 && plan.recordedSlices == 8)
    #expect(plan.notice?.contains("3 is no power of two") == true)
    #expect(plan.notice?.contains("not promised") == true)
    #expect(plan.layout(batch: 128, ranks: 3, rank: 1).localSamples == 42..<85)
  }

  @Test("A resumed run keeps its slices")
  func resumed() throws {
    let fits = try ReductionPlan.resolve(batch: 128, ranks: 4, recordedSlices: 16)
    #expect(fits.mode == .ordered && fits.slices == 16 && fits.notice == nil)
    let above = try ReductionPlan.resolve(batch: 128, ranks: 16, recordedSlices: 8)
    #expect(above.mode == .fast && above.slices == 16 && above.recordedSlices == 8)
    #expect(above.notice?.contains("16 ranks are more than the 8 slices") == true)
  }

  @Test("What was asked for is kept")
  func asked() throws {
    let slices = try ReductionPlan.resolve(batch: 8, ranks: 2, slices: 4)
    #expect(slices.mode == .ordered && slices.slices == 4)
    let fast = try ReductionPlan.resolve(batch: 128, ranks: 2, reduction: .fast)
    #expect(fast.mode == .fast && fast.slices == 8 && fast.notice?.contains("not promised") == true)
    #expect(try ReductionPlan.resolve(batch: 128, ranks: 3, reduction: .fast).slices == 3)
    #expect(try ReductionPlan.resolve(batch: 128, ranks: 1, reduction: .fast).notice == nil)
  }

  private func sentence(_ body: () throws -> ReductionPlan) -> String {
    (#expect(throws: ReductionError.self) { try body() })?.description ?? ""
  }

  @Test("What cannot be kept is refused with the counts that fit")
  func refused() {
    let ordered = sentence { try .resolve(batch: 128, ranks: 3, reduction: .ordered) }
    #expect(ordered.contains("--reduction ordered cannot be kept on 3 ranks, as 3 is no power of two"))
    #expect(ordered.contains("1, 2, 4, 8, 16, 32, 64 or 128 ranks"))
    let slices = sentence { try .resolve(batch: 128, ranks: 8, slices: 4) }
    #expect(slices.contains("--slices 4 cannot be kept on 8 ranks"))
    #expect(slices.contains("start 1, 2 or 4 ranks"))
    let both = sentence { try .resolve(batch: 128, ranks: 3, reduction: .ordered, slices: 2) }
    #expect(both.contains("--reduction ordered with --slices 2") && both.contains("1 or 2 ranks"))
    #expect(
      sentence { try .resolve(batch: 128, ranks: 3, reduction: .fast, slices: 8) }.contains("--slices 8"))
    let resumed = sentence { try .resolve(batch: 128, ranks: 16, reduction: .ordered, recordedSlices: 8) }
    #expect(resumed.contains("1, 2, 4 or 8 ranks"))
  }

  @Test("Slices and batches that make no sense are refused")
  func senseless() {
    #expect(sentence { try .resolve(batch: 128, ranks: 1, slices: 6) }.contains("no power of two"))
    #expect(sentence { try .resolve(batch: 128, ranks: 1, slices: 0) }.contains("--slices 0"))
    let many = sentence { try .resolve(batch: 8, ranks: 1, slices: 16) }
    #expect(many.contains("only 8 pictures") && many.contains("take 1, 2, 4 or 8"))
    let starved = sentence { try .resolve(batch: 4, ranks: 8) }
    #expect(starved.contains("at most 4 ranks") && starved.contains("--batch-size 8"))
    #expect(sentence { try .resolve(batch: 0, ranks: 1) }.contains("no pictures"))
  }
}
