import Communication
import Tensors

/// The neighbourhoods of one set at one level of the pyramid, for `SlicedWasserstein`.
struct Neighbourhoods {
  /// Numbers of a neighbourhood: pixels x channels.
  let size: Int
  private let pictures: ScoredPictures
  private let set: Int
  private let level: Int
  private let shape: PictureShape
  private let pyramids: [LaplacianPyramid]
  private let seed: UInt64
  private let communicator: any Communicator
  private let pool: ThreadPool
  /// Each channel's mean, and 1 over its standard deviation.
  private var means: [Float]
  private var scales: [Float]

  /// Numbers of a set along one direction.
  var projections: Int { pictures.count * SlicedWasserstein.perPicture }

  init(
    _ pictures: ScoredPictures, set: Int, level: Int, _ shape: PictureShape, _ pyramids: [LaplacianPyramid],
    seed: UInt64, on communicator: any Communicator, pool: ThreadPool
  ) throws {
    (self.pictures, self.set, self.level, self.shape) = (pictures, set, level, shape)
    (self.pyramids, self.seed, self.communicator, self.pool) = (pyramids, seed, communicator, pool)
    size = SlicedWasserstein.side * SlicedWasserstein.side * shape.channels
    means = [Float](repeating: 0, count: shape.channels)
    scales = [Float](repeating: 1, count: shape.channels)
    try takeMoments()
  }

  /// The directions of `count` that this rank sorts.
  func ownDirections(_ count: Int) -> [Int] {
    (0..<count).filter { $0 % communicator.size == communicator.rank }
  }

  /// Projects all neighbourhoods and sorts them along each direction. Collective.
  /// - Parameter directions: [count][size].
  /// - Returns: [own directions][projections], ascending along each.
  /// - Throws: errors of the message layer.
  func sortedProjections(_ directions: [Float], _ count: Int) throws -> FloatBuffer {
    let row = SlicedWasserstein.perPicture * count
    let own = ownDirections(count)
    let columns = FloatBuffer(count: own.count * projections)
    for rank in 0..<communicator.size {
      let share = RankPictures.share(of: pictures.count, rank: rank, size: communicator.size)
      let part = FloatBuffer(count: max(1, share.count * row))
      if rank == communicator.rank { project(directions, count, into: part.data) }
      try communicator.broadcast(
        UnsafeMutableRawBufferPointer(start: part.data, count: share.count * row * 4), from: rank)
      let first = share.lowerBound * SlicedWasserstein.perPicture
      let numbers = share.count * SlicedWasserstein.perPicture
      nonisolated(unsafe) let (from, to) = (part.data, columns.data)
      pool.run(own.count) { [projections] place, _ in
        let target = to + place * projections + first
        for i in 0..<numbers { target[i] = from[i * count + own[place]] }
      }
    }
    let rooms = (0..<pool.threads).map { _ in FloatBuffer(count: projections) }
    nonisolated(unsafe) let to = columns.data
    pool.run(own.count) { [projections] place, worker in
      radixSort(to + place * projections, rooms[worker].data, count: projections)
    }
    return columns
  }

  /// Writes [share][neighbourhoods][count] projections.
  private func project(_ directions: [Float], _ count: Int, into out: UnsafeMutablePointer<Float>) {
    let scratch = (0..<pool.threads).map { _ in FloatBuffer(count: SlicedWasserstein.perPicture * size) }
    nonisolated(unsafe) let out = out
    directions.withUnsafeBufferPointer { directions in
      nonisolated(unsafe) let directions = directions.baseAddress!
      // A product for each picture, so that its bits do not depend on how ranks share them.
      pool.run(pictures.share.count) { item, worker in
        let rows = scratch[worker].data
        take(pictures.share.lowerBound + item, worker, into: rows)
        matrixProduct(
          MatrixView(rows, rowStride: size), MatrixView(directions, rowStride: size, transposed: true),
          into: MatrixTarget(out + item * SlicedWasserstein.perPicture * count, rowStride: count),
          m: SlicedWasserstein.perPicture, n: count, k: size)
      }
    }
  }

  /// Writes [neighbourhoods][pixels][channels] of a picture, with `means` and `scales`.
  private func take(_ place: Int, _ worker: Int, into rows: UnsafeMutablePointer<Float>) {
    let pixels = pyramids[worker].level(level, of: pictures.picture(place))
    let side = SlicedWasserstein.side
    let channels = shape.channels
    let stream = RandomStream(
      seed: seed, purpose: .neighbourhood, stream: set, step: level, sample: place)
    var chances = [Float](repeating: 0, count: 2 * SlicedWasserstein.perPicture)
    stream.fillUniform(&chances, count: chances.count)
    for number in 0..<SlicedWasserstein.perPicture {
      let top = Int(chances[2 * number] * Float(shape.height - side + 1))
      let left = Int(chances[2 * number + 1] * Float(shape.width - side + 1))
      var out = rows + number * size
      for y in 0..<side {
        var from = pixels + ((top + y) * shape.width + left) * channels
        for _ in 0..<side {
          for c in 0..<channels { out[c] = (from[c] - means[c]) * scales[c] }
          out += channels
          from += channels
        }
      }
    }
  }

  /// Takes `means` and `scales` over all neighbourhoods. Collective. Sums are those of pictures, added up in their order.
  private mutating func takeMoments() throws {
    let channels = shape.channels
    var sums = [Double](repeating: 0, count: pictures.count * 2 * channels)
    let scratch = (0..<pool.threads).map { _ in FloatBuffer(count: SlicedWasserstein.perPicture * size) }
    let work = self
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let sums = sums
      work.pool.run(work.pictures.share.count) { item, worker in
        let place = work.pictures.share.lowerBound + item
        let rows = scratch[worker].data
        work.take(place, worker, into: rows)
        for i in 0..<SlicedWasserstein.perPicture * work.size {
          let value = Double(rows[i])
          sums[(place * channels + i % channels) * 2] += value
          sums[(place * channels + i % channels) * 2 + 1] += value * value
        }
      }
    }
    try communicator.allReduce(&sums, .sum)
    let count = Double(pictures.count * SlicedWasserstein.perPicture * size / channels)
    for c in 0..<channels {
      let (sum, squares) = (0..<pictures.count).reduce((0.0, 0.0)) {
        ($0.0 + sums[($1 * channels + c) * 2], $0.1 + sums[($1 * channels + c) * 2 + 1])
      }
      let mean = sum / count
      let variance = max(0, squares / count - mean * mean)
      means[c] = Float(mean)
      // A channel that is the same everywhere stays so.
      scales[c] = variance > 1e-10 ? Float(1 / variance.squareRoot()) : 1
    }
  }
}
