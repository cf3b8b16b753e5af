import Cluster
import Communication
import Datasets
import Drawing
import Models
import Networks
import Reporting
import Tensors

/// Says whether pictures show an object, and where.
///
/// It learns from pairs with and without the object whose truth is known: drawn faces, and G's pictures onto which the object
/// was drawn. Without the second kind it would see objects in what tells G's pictures from drawn faces. Whether: a support
/// vector machine on D's features. Where: logistic regression on the maps of D's convolutions, joined cell by cell on the
/// grid of the largest.
final class ObjectJudge {
  /// How well it does.
  private(set) var quality: JudgeQuality?
  private let features: DiscriminatorFeatures
  private let stack: MapStack
  private let form: PictureShape
  private let room: FloatBuffer
  private var models: JudgeLessons.Outcome
  /// The value from which on a cell is the object's.
  private var least = 0.0
  /// The fewest cells that an object has: a quarter of what it has in half of the drawn faces.
  private var fewest = 1
  /// G's pictures that it is tested by.
  private var tested: LaidPictures?

  /// The seed of the drawn faces. Data sets have 1 unless another is asked for.
  private static let seed: UInt64 = 2

  /// Learns to see an object. Collective.
  /// - Parameters:
  ///   - faces: how many drawn faces it learns from.
  ///   - network: D.
  ///   - studio: makes G's pictures.
  ///   - first: the first seed of these.
  /// - Throws: `RunError` where D has no features, or there is no LIBLINEAR; errors of the message layer.
  init(
    of object: FaceObject, _ faces: DropRequest.Faces, _ network: Network, of architecture: Architecture,
    _ studio: DropStudio, from first: UInt64, on communicator: any Communicator, pool: ThreadPool,
    progress: TaskProgress
  ) throws {
    let features = try DiscriminatorFeatures(network, of: architecture, name: "D", pool: pool)
    self.features = features
    // Coarser maps say little of the place, and have most channels.
    let stack = MapStack(features.maps.filter { 4 * $0.shape.height >= features.maps[0].shape.height })
    self.stack = stack
    form = network.input
    room = FloatBuffer(count: features.room * features.count)
    let size = network.input.height
    var before = 0
    func pairs(_ count: Int) throws -> FacePairs {
      defer { before += count }
      return try FacePairs(
        of: object, pairs: count, after: before, size: size, channels: architecture.channels, seed: Self.seed)
    }
    func drawn(_ count: Int) throws -> DrawnPairs {
      try DrawnPairs(pairs(count), grid: stack.grid, on: communicator, pool: pool)
    }
    let train = try drawn(faces.drawn)
    let laid = LaidPictures(
      pairs: try pairs(faces.laid), seeds: first, seed: Self.seed, leastOpacity: 0.6)
    let lessons = JudgeLessons(
      features, stack,
      masks: train.masks
        + DrawnPairs.masks(laid.count, size: size, stack.grid, pool) { laid.pairs.mask(of: $0) },
      seed: Self.seed)
    let all = 2 * (train.count + laid.count)
    var done = 0
    func report(_ count: Int) {
      done += count * communicator.size
      progress.update(done, of: all)
    }
    try train.each(features.room) { places, bytes in
      try lessons.take(bytes, as: Array(places))
      report(places.count)
    }
    try laid.each(studio, pool) { places, without, with in
      try without.withBytes { try lessons.take($0, as: places.map { 2 * (train.count + $0) + 1 }) }
      try with.withBytes { try lessons.take($0, as: places.map { 2 * (train.count + $0) }) }
      report(2 * places.count)
    }
    models = try lessons.learn(drawn: train.count, on: communicator, pool: pool)
    progress.finish()
    try choose(by: drawn(faces.tune), on: communicator)
    let test = try drawn(faces.test)
    tested = LaidPictures(
      pairs: try pairs(faces.test), seeds: first + UInt64(faces.laid), seed: Self.seed)
    quality = try measure(
      by: test, try sees(studio, without: nil, on: communicator, pool: pool), on: communicator)
  }

  // MARK: Looking

  /// Whether each of some pictures shows the object: where the value is above 0.
  /// - Parameter bytes: at most `DropStudio.room` pictures, HWC.
  /// - Throws: errors of D's forward pass.
  func values(_ bytes: UnsafePointer<UInt8>, samples: Int) throws -> [Double] {
    try features.compute(bytes, samples: samples, into: room.data)
    return (0..<samples).map { models.presence(room.data + $0 * features.count) }
  }

  /// Where one of the pictures of the last `values` shows the object, if it does; nil: no place is large enough for it.
  func mask(of sample: Int) -> PictureMask? {
    let cells = cells(of: sample)
    guard cells.count(where: \.self) >= fewest else { return nil }
    return PictureMask(cells, of: stack.grid, height: form.height, width: form.width)
  }

  private func cells(of sample: Int) -> [Bool] { placeValues(of: sample).map { $0 > least } }

  private func placeValues(of sample: Int) -> [Double] {
    stack.values(of: models.place, from: features.values(of: stack, sample: sample))
  }

  // MARK: Measuring

  /// Chooses the value from which on cells are the object's, by how well the cells of drawn faces then agree with it, and how
  /// many an object has at least.
  private func choose(by drawn: DrawnPairs, on communicator: any Communicator) throws {
    let tried = (-8...24).map { Double($0) / 4 }
    var counts = [Double](repeating: 0, count: 3 * tried.count)
    try drawn.each(features.room) { places, bytes in
      _ = try values(bytes, samples: places.count)
      for (sample, picture) in places.enumerated() where picture % 2 == 0 {
        let values = placeValues(of: sample)
        for (number, least) in tried.enumerated() {
          var cells = CellCounts()
          cells.add(known: drawn.masks[picture / 2], found: values.map { $0 > least })
          for (at, count) in [cells.known, cells.found, cells.both].enumerated() {
            counts[3 * number + at] += Double(count)
          }
        }
      }
    }
    try communicator.allReduce(&counts, .sum)
    let overlaps = tried.indices.map {
      CellCounts(
        known: Int(counts[3 * $0]), found: Int(counts[3 * $0 + 1]), both: Int(counts[3 * $0 + 2])
      ).overlap
    }
    let sizes = drawn.masks.map { $0.count(where: \.self) }.sorted()
    fewest = max(1, sizes[sizes.count / 2] / 4)
    least = tried[overlaps.indices.max { overlaps[$0] < overlaps[$1] } ?? 0]
  }

  /// Measures it on drawn faces.
  /// - Parameter seen: what it sees in G's pictures.
  private func measure(
    by drawn: DrawnPairs, _ seen: (laid: Accuracy, bare: Accuracy), on communicator: any Communicator
  ) throws -> JudgeQuality {
    var (found, spared) = (0, 0)
    var cells = CellCounts()
    try drawn.each(features.room) { places, bytes in
      let values = try values(bytes, samples: places.count)
      for (sample, picture) in places.enumerated() {
        let isShown = values[sample] > 0 && mask(of: sample) != nil
        if picture % 2 == 1 {
          if !isShown { spared += 1 }
          continue
        }
        if isShown { found += 1 }
        cells.add(known: drawn.masks[picture / 2], found: self.cells(of: sample))
      }
    }
    var all = [found, spared, cells.known, cells.found, cells.both].map(Double.init)
    try communicator.allReduce(&all, .sum)
    cells = CellCounts(known: Int(all[2]), found: Int(all[3]), both: Int(all[4]))
    return JudgeQuality(
      found: Accuracy(right: Int(all[0]), of: drawn.count),
      spared: Accuracy(right: Int(all[1]), of: drawn.count), laid: seen.laid, bare: seen.bare,
      precision: cells.precision,
      recall: cells.recall, overlap: cells.overlap)
  }

  /// In how many of G's pictures it sees an object that was drawn onto them, and in how many of the same without it.
  /// Collective.
  /// - Parameter maps: those that are left out of G; nil: random ones.
  /// - Throws: errors of the networks' forward passes and of the message layer.
  func sees(
    _ studio: DropStudio, without maps: [Int]?, on communicator: any Communicator, pool: ThreadPool
  ) throws -> (laid: Accuracy, bare: Accuracy) {
    guard var pictures = tested else { preconditionFailure("a judge is tested when it has learnt") }
    pictures.dropped = maps
    var counts = [0.0, 0]
    try pictures.each(studio, pool) { places, without, with in
      for (kind, made) in [with, without].enumerated() {
        let values = try made.withBytes { try self.values($0, samples: places.count) }
        counts[kind] += Double(values.count { $0 > 0 })
      }
    }
    try communicator.allReduce(&counts, .sum)
    return (
      Accuracy(right: Int(counts[0]), of: pictures.count), Accuracy(right: Int(counts[1]), of: pictures.count)
    )
  }
}

extension SheetPictures {
  /// Gives the pictures' bytes.
  func withBytes<Result>(_ body: (UnsafePointer<UInt8>) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { try body($0.baseAddress!) }
  }
}
