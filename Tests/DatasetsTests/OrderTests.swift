import Datasets
import Testing

@Suite struct OrderTests {
  @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 255, 257, 1000, 4099, 20_000])
  func everyEpochIsAPermutation(count: Int) {
    let order = EpochOrder(seed: 7, count: count)
    for epoch in 0..<3 {
      #expect(Set((0..<count).map { order.index(epoch: epoch, position: $0) }) == Set(0..<count))
    }
  }

  @Test func epochsAndSeedsDiffer() {
    let a = EpochOrder(seed: 1, count: 1000)
    let b = EpochOrder(seed: 2, count: 1000)
    let first = (0..<1000).map { a.index(epoch: 0, position: $0) }
    #expect(first == (0..<1000).map { EpochOrder(seed: 1, count: 1000).index(epoch: 0, position: $0) })
    for other in [
      (0..<1000).map { a.index(epoch: 1, position: $0) }, (0..<1000).map { b.index(epoch: 0, position: $0) },
    ] {
      // Two random permutations agree in about one place.
      #expect(zip(first, other).filter { $0 == $1 }.count < 8)
    }
  }

  /// Where picture 0 stands over many epochs, and how neighbours are spread: both even.
  @Test func placesAreEven() {
    let count = 50
    let epochs = 5000
    let order = EpochOrder(seed: 3, count: count)
    var places = [Int](repeating: 0, count: count)
    var gaps = [Int](repeating: 0, count: count)
    for epoch in 0..<epochs {
      let first = order.index(epoch: epoch, position: 0)
      let second = order.index(epoch: epoch, position: 1)
      places[first] += 1
      gaps[(second - first + count) % count] += 1
    }
    let mean = Double(epochs) / Double(count)
    let spread = chiSquared(places, mean: mean)
    // Chi squared with 49 degrees of freedom: 85 is passed once in a thousand; the seed is fixed.
    #expect(spread < 85)
    let gapMean = Double(epochs) / Double(count - 1)
    #expect(gaps[0] == 0)
    #expect(chiSquared(Array(gaps.dropFirst()), mean: gapMean) < 85)
  }

  @Test func droppedKeptAndWrappedEnds() throws {
    let drop = try SamplePlan(count: 10, batchSize: 4, lastBatch: .drop, seed: 1)
    #expect(drop.drawsPerEpoch == 2)
    #expect(
      drop.batch(draw: 3).size == 4 && drop.batch(draw: 3).epoch == 1
        && drop.batch(draw: 3).firstPosition == 4)
    let keep = try SamplePlan(count: 10, batchSize: 4, lastBatch: .keep, seed: 1)
    #expect(keep.drawsPerEpoch == 3 && keep.batch(draw: 2).size == 2 && keep.batch(draw: 5).epoch == 1)
    #expect(keep.pictures(before: 7) == 24 && drop.pictures(before: 7) == 28)
    let wrap = try SamplePlan(count: 10, batchSize: 4, lastBatch: .wrap, seed: 1)
    #expect(wrap.drawsPerEpoch == 3 && wrap.batch(draw: 2).size == 4)
    #expect(wrap.dataIndex(draw: 2, sample: 2) == wrap.dataIndex(draw: 0, sample: 0))
    let epoch = (3..<6).flatMap { draw in
      (0..<keep.batch(draw: draw).size).map { keep.dataIndex(draw: draw, sample: $0) }
    }
    #expect(epoch.sorted() == Array(0..<10))
  }

  @Test func withReplacementIsEvenAndIndependent() throws {
    let plan = try SamplePlan(count: 20, batchSize: 64, withReplacement: true, seed: 5)
    #expect(plan.drawsPerEpoch == 1)
    var counts = [Int](repeating: 0, count: 20)
    var pairs = 0
    for draw in 0..<500 {
      let indices = (0..<64).map { plan.dataIndex(draw: draw, sample: $0) }
      for index in indices { counts[index] += 1 }
      pairs += zip(indices, indices.dropFirst()).filter { $0 == $1 }.count
    }
    let chi = chiSquared(counts, mean: 1600)
    #expect(chi < 44, "19 degrees of freedom")
    #expect(abs(Double(pairs) - 31_500.0 / 20) < 160)
  }

  @Test func impossiblePlans() {
    #expect(throws: DatasetError.fewerPicturesThanBatch(pictures: 100, batch: 128)) {
      try SamplePlan(count: 100, batchSize: 128, seed: 1)
    }
    #expect(
      "\(DatasetError.fewerPicturesThanBatch(pictures: 100, batch: 128))".contains(
        "100 pictures and a batch takes 128"))
    #expect(throws: DatasetError.self) { try SamplePlan(count: 100, batchSize: 0, seed: 1) }
  }
}
