import Communication
import Datasets
import Evaluation
import Networks
import Reporting
import Tensors
import TestRanks
import Testing

/// Pictures by a formula, some of them twice.
private struct MadePictures: PictureDataset {
  let count: Int
  let size = 8
  let channels = 3
  let describe = "pictures by a formula"
  let fingerprint: UInt64 = 5
  let labels: LabelTable? = nil

  func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) -> Int {
    for place in 0..<bytesPerPicture {
      pixels[place] = UInt8(truncatingIfNeeded: index % 90 * (place % 31 + 3) + place * place)
    }
    return index
  }
}

@Suite("Filters") struct FilterTests {
  init() throws { try BLAS.open() }

  private static func network(_ pool: ThreadPool) throws -> Network {
    func convolution(_ channels: Int) -> LayerSpecification {
      .convolution(
        .init(
          outChannels: channels, kernel: 3, stride: 2, padding: .explicit(1),
          weightInitializer: .normal(mean: -0.02, std: 0.3)))
    }
    let layers: [LayerSpecification] = [
      convolution(5), .leakyReLU(slope: 0.2), convolution(6), .batchNorm(.init()), .leakyReLU(slope: 0.2),
      .dense(.init(outFeatures: 1, weightInitializer: .glorotUniform)),
    ]
    let network = Network(
      try NetworkSummary(
        role: .discriminator, input: PictureShape(height: 8, width: 8, channels: 3), layers: layers),
      pool: pool)
    network.initialize(seed: 4)
    return network
  }

  private static func quiet() -> TaskProgress { TaskProgress("filters", of: "pictures", on: nil) }

  @Test("The same pictures excite filters on any number of ranks and threads")
  func ranks() throws {
    let data = MadePictures(count: 203)
    let filters = [4, 0, 2]
    func found(ranks: Int, threads: Int) throws -> [[Excitation]] {
      let all = try ThreadCommunicator.run(ranks: ranks) { communicator -> [[[Excitation]]]? in
        let pool = ThreadPool(threads: threads)
        let discriminator = try EvaluatedDiscriminator(try Self.network(pool), .symmetric, pool: pool)
        return try FilterSearch.run(
          [discriminator, discriminator], discriminator.network.featureMaps[1], filters: filters, most: 7,
          among: data, on: communicator, pool: pool, progress: Self.quiet())
      }
      #expect(all.dropFirst().allSatisfy { $0 == nil })
      let lists = try #require(all[0])
      #expect(lists.count == 2 && lists[0] == lists[1])
      return lists[0]
    }
    let one = try found(ranks: 1, threads: 1)
    for (ranks, threads) in [(1, 3), (2, 1), (4, 2)] {
      #expect(try found(ranks: ranks, threads: threads) == one)
    }
    // Beside all values, computed here one by one.
    let pool = ThreadPool(threads: 1)
    let discriminator = try EvaluatedDiscriminator(try Self.network(pool), .symmetric, pool: pool)
    let maps = discriminator.network.featureMaps[1]
    var values: [[(picture: Int, value: Float)]] = Array(repeating: [], count: 6)
    var bytes = [UInt8](repeating: 0, count: data.bytesPerPicture)
    for picture in 0..<data.count {
      _ = bytes.withUnsafeMutableBufferPointer { data.draw(picture, into: $0.baseAddress!) }
      try discriminator.show(bytes, samples: 1)
      let numbers = UnsafeBufferPointer(
        start: discriminator.network.values(of: maps), count: maps.shape.count)
      for c in 0..<6 {
        values[c].append((picture, stride(from: c, to: numbers.count, by: 6).map { numbers[$0] }.max() ?? 0))
      }
    }
    for (filter, list) in zip(filters, one) {
      let wanted = values[filter].filter { $0.value > 0 }
        .sorted { $0.value != $1.value ? $0.value > $1.value : $0.picture < $1.picture }.prefix(7)
      #expect(list == wanted.map { Excitation(picture: $0.picture, value: $0.value) })
    }
    // Pictures 90 apart are equal, so there are ties to decide.
    #expect(one.contains { Set($0.map(\.value)).count < $0.count })
  }

  @Test("A response has the place of its value, and a gradient that begins there")
  func responses() throws {
    let data = MadePictures(count: 100)
    let pool = ThreadPool(threads: 2)
    let discriminator = try EvaluatedDiscriminator(try Self.network(pool), .unit, pool: pool)
    let maps = discriminator.network.featureMaps[0]
    let lists = try #require(
      try FilterSearch.run(
        [discriminator], maps, filters: [0, 1, 2, 3, 4], most: 30, among: data,
        on: SingleProcessCommunicator(), pool: pool, progress: Self.quiet()))[0]
    // More than are computed at a time.
    #expect(lists.joined().count > EvaluatedDiscriminator.room)
    let all = try FilterResponses.find(
      lists, filters: [0, 1, 2, 3, 4], maps, of: discriminator, among: data)
    #expect(all.map { $0.map(\.excitation) } == lists)
    let weight = try #require(discriminator.network.parameterState.first)
    for response in all.joined() {
      // [KH, KW, CL, CS]: the first layer's gradient is its filter, where the picture is.
      var wanted = [Float](repeating: 0, count: 8 * 8 * 3)
      var value: Float = 0
      for tap in 0..<9 {
        let (row, column) = (response.row * 2 - 1 + tap / 3, response.column * 2 - 1 + tap % 3)
        guard (0..<8).contains(row), (0..<8).contains(column) else { continue }
        for c in 0..<3 {
          let at = (row * 8 + column) * 3 + c
          wanted[at] = weight.data[(tap * 3 + c) * 5 + response.filter]
          value += wanted[at] * response.pixels[at]
        }
      }
      #expect(zip(response.gradient, wanted).allSatisfy { abs($0 - $1) < 1e-6 })
      #expect(abs(value - response.excitation.value) < 1e-4 && value > 0)
      #expect(response.pixels.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("A list takes no picture twice, none without a value above 0, and of equal ones the lower index")
  func lists() {
    var top = TopPictures(filters: 1, most: 3)
    for (picture, value) in [
      (7, 1), (9, 2), (9, 2), (3, 1), (1, 0), (2, -1), (4, .nan), (5, .infinity), (8, 1), (6, 3),
    ] as [(Int, Float)] {
      top.add(Excitation(picture: picture, value: value), to: 0)
    }
    #expect(top.lists[0].map(\.picture) == [6, 9, 3])
  }

  @Test("Averages of a D with random weights are those of the first pictures, on any number of ranks")
  func averages() throws {
    let data = MadePictures(count: 150)
    func averages(ranks: Int) throws -> [[Float]] {
      try ThreadCommunicator.run(ranks: ranks) { communicator in
        let pool = ThreadPool(threads: 1)
        let discriminator = try EvaluatedDiscriminator(try Self.network(pool), .symmetric, pool: pool)
        let list = try RankPictures(
          [data], (0..<150).map { PicturePlace(index: $0) }, on: communicator, pool: pool)
        let first = try list.first(140, on: communicator)
        #expect(first.count == 140 * data.bytesPerPicture)
        try discriminator.takeAverages(of: first, samples: 140)
        return discriminator.network.bufferState.flatMap { state in
          UnsafeBufferPointer(start: state.data, count: state.count).map { $0 }
        }
      }
    }
    let one = try averages(ranks: 1)[0]
    #expect(Set(one).count > 10)
    for averages in try averages(ranks: 3) { #expect(averages == one) }
  }
}
