import Datasets
import Foundation
import Synchronization
import Tensors
import Testing

@Suite struct LoaderTests {
  /// What `ranks` loaders deliver for `draws` draws, put together: (data indices, pixels).
  private func deliver(
    _ data: any PictureDataset, _ plan: SamplePlan, ranks: Int, threads: Int, mirror: Bool, draws: Range<Int>
  ) throws -> [([Int], [UInt8])] {
    var out = draws.map { _ in ([Int](), [UInt8]()) }
    for rank in 0..<ranks {
      let loader = BatchLoader(
        dataset: data, plan: plan, mirror: mirror, seed: 9, threads: threads, firstDraw: draws.lowerBound
      ) { rank * $0 / ranks..<(rank + 1) * $0 / ranks }
      for (place, draw) in draws.enumerated() {
        let batch = try loader.next()
        #expect(batch.draw == draw && batch.batchSize == plan.batch(draw: draw).size)
        #expect(batch.samples.lowerBound == out[place].0.count)
        #expect(batch.pixels.count == batch.samples.count * data.bytesPerPicture)
        out[place].0 += Array(batch.dataIndices)
        out[place].1 += Array(batch.pixels)
      }
      loader.close()
    }
    return out
  }

  @Test(arguments: LastBatch.allCases)
  func everyRangeIsDirectDrawing(ending: LastBatch) throws {
    let data = Numbered(count: 53)
    let plan = try SamplePlan(count: 53, batchSize: 11, lastBatch: ending, seed: 4)
    let draws = 2..<13
    let direct = try draws.map { draw in
      let indices = (0..<plan.batch(draw: draw).size).map { plan.dataIndex(draw: draw, sample: $0) }
      return (indices, try indices.flatMap { try data.picture($0) })
    }
    for (ranks, threads) in [(1, 1), (1, 3), (2, 1), (3, 2), (4, 1), (8, 1), (16, 2)] {
      let got = try deliver(data, plan, ranks: ranks, threads: threads, mirror: false, draws: draws)
      #expect(got.map(\.0) == direct.map(\.0))
      #expect(got.map(\.1) == direct.map(\.1))
    }
  }

  /// A 4 x 4 RGB picture, left to right.
  private func turned(_ picture: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for row in 0..<4 {
      for column in (0..<4).reversed() {
        let start = (row * 4 + column) * 3
        out += picture[start..<start + 3]
      }
    }
    return out
  }

  @Test func mirroringIsAFunctionOfTheGlobalSample() throws {
    let data = Numbered(count: 64)
    let plan = try SamplePlan(count: 64, batchSize: 16, seed: 4)
    let plain = try deliver(data, plan, ranks: 1, threads: 1, mirror: false, draws: 0..<40)
    let one = try deliver(data, plan, ranks: 1, threads: 2, mirror: true, draws: 0..<40)
    let three = try deliver(data, plan, ranks: 3, threads: 1, mirror: true, draws: 0..<40)
    #expect(one.map(\.1) == three.map(\.1))
    var mirrored = 0
    for (a, b) in zip(plain, one) {
      for sample in 0..<16 {
        let before = Array(a.1[sample * 48..<(sample + 1) * 48])
        let after = Array(b.1[sample * 48..<(sample + 1) * 48])
        let turned = turned(before)
        if after == turned { mirrored += 1 }
        #expect(after == before || after == turned)
      }
    }
    #expect((260...380).contains(mirrored), "about half of 640")
  }

  @Test func labelsComeWithTheDrawnPicture() throws {
    let table = LabelTable(
      groups: [.init(name: "a", classes: ["x", "y"]), .init(name: "b", classes: ["0", "1", "2"])],
      classIndices: (0..<40).flatMap { [Int32($0 % 2), Int32($0 % 3)] })
    // Picture 7 is damaged, so 8 and its labels stand in.
    let data = TolerantDataset(
      Numbered(count: 40, labels: table) { $0 == 7 ? .damaged(file: "7", reason: "cut") : nil })
    let plan = try SamplePlan(count: 40, batchSize: 40, seed: 1)
    let loader = BatchLoader(dataset: data, plan: plan, seed: 1) { 0..<$0 }
    let batch = try loader.next()
    let indices = Array(batch.dataIndices)
    #expect(!indices.contains(7) && indices.filter { $0 == 8 }.count == 2)
    var classes = [Int32](repeating: -1, count: 80)
    batch.copyClasses(into: &classes)
    #expect(
      classes
        == indices.flatMap { index in
          (0..<2).map { Int32(table.classIndex(picture: index, group: $0)) }
        })
  }

  @Test func anErrorSurfacesAtItsBatchAndStays() throws {
    let plan = try SamplePlan(count: 30, batchSize: 5, seed: 2)
    let bad = plan.dataIndex(draw: 4, sample: 3)
    let also = plan.dataIndex(draw: 4, sample: 1)
    let data = Numbered(count: 30) { index in
      index == bad || index == also ? .unreadable(path: "\(index)", reason: "gone") : nil
    }
    for threads in [1, 3] {
      let loader = BatchLoader(dataset: data, plan: plan, seed: 2, threads: threads) { 0..<$0 }
      for draw in 0..<4 { #expect(try loader.next().draw == draw) }
      for _ in 0..<3 {
        #expect(throws: DatasetError.unreadable(path: "\(also)", reason: "gone")) { try loader.next() }
      }
      loader.close()
    }
  }

  @Test func closingEndsAWaitAndTheThreads() throws {
    // A data set that waits until it is told to go on.
    let gate = NSCondition()
    let isOpen = Mutex(false)
    let data = Numbered(count: 8) { _ in
      gate.lock()
      while !isOpen.withLock({ $0 }) { gate.wait() }
      gate.unlock()
      return nil
    }
    let plan = try SamplePlan(count: 8, batchSize: 4, seed: 2)
    let loader = BatchLoader(dataset: data, plan: plan, seed: 2) { 0..<$0 }
    let closer = Thread { loader.close() }
    closer.start()
    #expect(throws: DatasetError.loaderClosed) { try loader.next() }
    gate.lock()
    isOpen.withLock { $0 = true }
    gate.broadcast()
    gate.unlock()
  }

  @Test func aDroppedLoaderKeepsItsLastBatchAlive() throws {
    let data = Numbered(count: 8)
    let plan = try SamplePlan(count: 8, batchSize: 4, seed: 2)
    let batch = try BatchLoader(dataset: data, plan: plan, seed: 2) { 0..<$0 }.next()
    let wanted = try batch.dataIndices.flatMap { try data.picture($0) }
    #expect(Array(batch.pixels) == wanted)
  }

  @Test func syntheticPicturesHaveEvenBytesAndLabels() throws {
    let groups = [LabelGroup(name: "digit", classes: (0..<10).map(String.init))]
    let data = try SyntheticPictures(count: 500, size: 28, channels: 1, seed: 3, groups: groups)
    var counts = [Int](repeating: 0, count: 256)
    for i in 0..<500 { for byte in try data.picture(i) { counts[Int(byte)] += 1 } }
    let mean = 500.0 * 784 / 256
    #expect(chiSquared(counts, mean: mean) < 340, "255 degrees of freedom")
    #expect(try data.picture(3) == data.picture(3) && data.picture(3) != data.picture(4))
    let classes = Set((0..<500).map { data.labels?.classIndex(picture: $0, group: 0) })
    #expect(classes.count == 10)
  }
}
