import Cluster
import Communication
import Datasets
import Evaluation
import Networks
import Recipes
import Reporting
import Tensors
import TestRanks
import TestSupport
import Testing

@Suite("Features of pictures") struct FeatureTests {
  init() throws { try Machine.openLibraries() }

  private static func discriminator(_ architecture: Architecture, _ pool: ThreadPool) throws -> Network {
    let network = Network(try architecture.summary(of: .discriminator), pool: pool)
    network.initialize(seed: 3)
    return network
  }

  @Test("D of the paper has 28,672 features: 256, 512 and 1,024 maps in 16 cells each")
  func paper() throws {
    let pool = ThreadPool(threads: 1)
    let architecture = try ArchitecturePreset.dcgan64.architecture(size: 32, width: 256)
    let features = try DiscriminatorFeatures(
      try Self.discriminator(architecture, pool), of: architecture, name: "D", pool: pool)
    #expect(features.maps.map(\.shape.channels) == [256, 512, 1_024])
    #expect(features.count == 28_672)
  }

  /// A D of odd sizes whose maps are known.
  private static let odd = Architecture(
    name: "odd", latent: 2, size: 12, channels: 3,
    generator: [.dense(.init(outFeatures: 432)), .reshape(height: 12, width: 12, channels: 3), .tanh],
    discriminator: [
      .convolution(.init(outChannels: 5, kernel: 3, stride: 2, padding: .explicit(1), bias: true)),
      .batchNorm(.init()), .leakyReLU(slope: 0.2),
      .convolution(.init(outChannels: 7, kernel: 3, stride: 1, padding: .explicit(0), bias: true)),
      .leakyReLU(slope: 0.2), .dropout(rate: 0.3),
      .convolution(.init(outChannels: 4, kernel: 3, stride: 2, padding: .explicit(0), bias: true)),
      .dense(.init(outFeatures: 1)),
    ])

  private static func faces(_ count: Int) throws -> ProceduralFaces {
    try ProceduralFaces(count: count, size: 12, seed: 5)
  }

  private static func compute(
    threads: Int, on communicator: any Communicator,
    _ make: (RankPictures, ThreadPool) throws -> any PictureFeatures
  ) throws -> [Float] {
    let pool = ThreadPool(threads: threads)
    let places = (0..<101).map { PicturePlace(index: ($0 * 7) % 101) }
    let list = try RankPictures([try faces(101)], places, on: communicator, pool: pool)
    let table = try FeatureTable(
      try make(list, pool), of: list, on: communicator, progress: TaskProgress("", of: "", on: nil))
    return Array(UnsafeBufferPointer(start: table.values.data, count: table.pictures * table.count))
  }

  @Test("Maps smaller than the grid are left out, and a cell is the largest value after the activation")
  func maps() throws {
    let pool = ThreadPool(threads: 2)
    let network = try Self.discriminator(Self.odd, pool)
    let features = try DiscriminatorFeatures(network, of: Self.odd, name: "D", pool: pool)
    #expect(features.maps.map(\.name) == ["discriminator.main.0", "discriminator.main.3"])
    #expect(features.count == 16 * (5 + 7))
    let pictures = (0..<3 * 432).map { UInt8(truncatingIfNeeded: $0 * 97) }
    var values = [Float](repeating: 9, count: 3 * features.count)
    try features.compute(pictures, samples: 3, into: &values)
    // 6 x 6 pixels in 4 x 4 cells: cell 0 covers the rows 0 and 1, cell 3 the rows 4 and 5.
    let maps = network.values(of: features.maps[0])
    func largest(_ sample: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ c: Int) -> Float? {
      rows.flatMap { row in columns.map { maps[((sample * 6 + row) * 6 + $0) * 5 + c] } }.max()
    }
    for sample in 0..<3 {
      for c in 0..<5 {
        #expect(values[sample * 192 + c] == largest(sample, 0..<2, 0..<2, c))
        #expect(values[sample * 192 + 15 * 5 + c] == largest(sample, 4..<6, 4..<6, c))
      }
    }
    // Leaky: a value below 0 is a fifth of the normalised one, so most are above -1.
    #expect(values.contains { $0 < 0 } && values.contains { $0 > 0 })
  }

  @Test("Any number of ranks and threads gives the same features", arguments: [2, 3])
  func sameOnRanks(ranks: Int) throws {
    let kinds: [@Sendable (RankPictures, ThreadPool) throws -> any PictureFeatures] = [
      { _, pool in
        try DiscriminatorFeatures(try Self.discriminator(Self.odd, pool), of: Self.odd, name: "D", pool: pool)
      },
      { list, _ in PixelFeatures(list.form) },
    ]
    for make in kinds {
      let alone = try Self.compute(threads: 3, on: SingleProcessCommunicator(), make)
      let all = try ThreadCommunicator.run(ranks: ranks) { try Self.compute(threads: 1, on: $0, make) }
      for rank in all { #expect(rank == alone) }
    }
    let patches = { @Sendable (communicator: any Communicator, threads: Int) in
      try Self.compute(threads: threads, on: communicator) { list, pool in
        try PatchFeatures(list, pictures: 80, seed: 2, on: communicator, pool: pool)
      }
    }
    let alone = try patches(SingleProcessCommunicator(), 3)
    let all = try ThreadCommunicator.run(ranks: ranks) { try patches($0, 1) }
    for rank in all { #expect(rank == alone) }
    #expect(alone.allSatisfy { $0.isFinite && $0 >= 0 } && alone.contains { $0 > 0 })
  }

  @Test("Averages of a random D come from pictures, and change only what batch norm keeps")
  func averages() throws {
    let pool = ThreadPool(threads: 1)
    let network = try Self.discriminator(Self.odd, pool)
    let features = try DiscriminatorFeatures(network, of: Self.odd, name: "D", pool: pool)
    let weights = Array(UnsafeBufferPointer(start: network.values.data, count: network.values.count))
    let pictures = (0..<130 * 432).map { UInt8(truncatingIfNeeded: $0 * 97) }
    try features.takeAverages(of: pictures, samples: 130)
    #expect(weights == Array(UnsafeBufferPointer(start: network.values.data, count: network.values.count)))
    let mean = try #require(network.bufferState.first { $0.name.hasSuffix("running_mean") })
    #expect((0..<5).contains { mean.data[$0] != 0 })
    // Two whole batches of 64; the rest of 2 is left.
    #expect(network.batchCounters[0].layer.batchesTracked == 2)
  }

  @Test("A D that is given labels, and one without maps, are refused in words")
  func refused() throws {
    let pool = ThreadPool(threads: 1)
    func refused(_ architecture: Architecture, _ words: String) throws {
      let error = #expect(throws: RunError.self) {
        _ = try DiscriminatorFeatures(
          try Self.discriminator(architecture, pool), of: architecture, name: "D", pool: pool)
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    try refused(
      try ArchitecturePreset.vanilla.architecture(), "has no convolution whose output is 4 x 4 or larger")
    var labelled = Self.odd
    labelled.conditions = Conditions(groups: ProceduralFaces.groups)
    try refused(labelled, "is given the labels with each picture")
  }
}
