import CKernels
import Communication
import Reporting
import Tensors

/// What k-means learns from patches of pictures (Coates, Ng and Lee 2011, section 3.2): a whitening of patches, and
/// centroids of whitened ones.
///
/// A patch is 6 x 6 pixels, with mean 0 and divided by its standard deviation; sqrt(var + 10) in steps of a byte. It is
/// whitened by ZCA with 0.1 added to each eigenvalue.
struct PatchDictionary {
  /// The side of a patch, in pixels.
  static let side = 6
  /// Added to the variance of a patch.
  static let contrast: Float = 10
  /// Added to the eigenvalues of the patches' covariance.
  static let whitening = 0.1
  /// The most patches that it learns from.
  static let mostPatches = 100_000
  /// The most centroids: 4 numbers of each make 6,400 features.
  static let mostCentroids = 1_600
  /// How often centroids are moved.
  static let rounds = 10

  /// D, how many numbers a patch has.
  let size: Int
  /// K, how many centroids there are.
  let count: Int
  /// The mean patch, [D].
  private(set) var mean: [Float]
  /// The whitening, [D][D], symmetric.
  private(set) var whitening: [Float]
  /// [K][D].
  private(set) var centroids: [Float]
  /// The squared length of each centroid.
  private(set) var lengths: [Float]

  /// Learns from the first `pictures` of a list. Collective.
  /// - Parameter seed: decides which patches are taken.
  /// - Throws: `BLASError` where eigenvectors cannot be computed; errors of the message layer.
  init(
    _ list: RankPictures, pictures: Int, stride: Int, seed: UInt64, on communicator: any Communicator,
    pool: ThreadPool, progress: TaskProgress
  ) throws {
    let form = list.form
    size = Self.side * Self.side * form.channels
    let rows = ck_patch_count(form.height, Self.side, stride)
    let columns = ck_patch_count(form.width, Self.side, stride)
    let number = min(Self.mostPatches, pictures * rows * columns)
    count = max(2, min(Self.mostCentroids, number / 10))
    let patches = FloatBuffer(count: number * size)
    for patch in 0..<number {
      var chance: [Float] = [0, 0]
      RandomStream(seed: seed, purpose: .choice, stream: 1, sample: patch).fillUniform(&chance, count: 2)
      // Pictures in turn, a random place in each.
      let picture = patch % pictures
      guard list.share.contains(picture), let bytes = list.bytes.baseAddress else { continue }
      ck_patch(
        bytes + (picture - list.share.lowerBound) * form.count, form.width, form.channels,
        Int(chance[0] * Float(rows)) * stride, Int(chance[1] * Float(columns)) * stride, Self.side,
        Self.contrast, patches.data + patch * size)
    }
    // Each patch is of one rank, and 0 on the others.
    try communicator.allReduce(patches.bytes, as: .float32, .sum)
    (mean, whitening) = try Self.whitening(patches.data, number, size)
    centroids = []
    lengths = []
    let white = FloatBuffer(count: number * size)
    whiten(patches.data, number, into: white.data)
    try cluster(white.data, number, seed: seed, on: communicator, pool, progress)
  }

  /// Writes whitened patches [count][D]. Overwrites `patches`.
  func whiten(_ patches: UnsafeMutablePointer<Float>, _ count: Int, into white: UnsafeMutablePointer<Float>) {
    for patch in 0..<count { for i in 0..<size { patches[patch * size + i] -= mean[i] } }
    whitening.withUnsafeBufferPointer { factor in
      matrixProduct(
        MatrixView(patches, rowStride: size), MatrixView(factor.baseAddress!, rowStride: size),
        into: MatrixTarget(white, rowStride: size), m: count, n: size, k: size)
    }
  }

  private static func whitening(
    _ patches: UnsafePointer<Float>, _ count: Int, _ size: Int
  ) throws -> (mean: [Float], whitening: [Float]) {
    var mean = [Double](repeating: 0, count: size)
    for patch in 0..<count { for i in 0..<size { mean[i] += Double(patches[patch * size + i]) } }
    for i in 0..<size { mean[i] /= Double(count) }
    var covariance = [Double](repeating: 0, count: size * size)
    covariance.withUnsafeMutableBufferPointer { covariance in
      var row = [Double](repeating: 0, count: size)
      for patch in 0..<count {
        for i in 0..<size { row[i] = Double(patches[patch * size + i]) - mean[i] }
        for i in 0..<size { for j in i..<size { covariance[i * size + j] += row[i] * row[j] } }
      }
      for i in 0..<size {
        for j in i..<size {
          let value = covariance[i * size + j] / Double(max(1, count - 1))
          covariance[i * size + j] = value
          covariance[j * size + i] = value
        }
      }
    }
    let (values, vectors) = try symmetricEigen(covariance, n: size)
    var whitening = [Float](repeating: 0, count: size * size)
    let scales = values.map { 1 / (max(0, $0) + Self.whitening).squareRoot() }
    for i in 0..<size {
      for j in 0..<size {
        var sum = 0.0
        for k in 0..<size { sum += vectors[k * size + i] * scales[k] * vectors[k * size + j] }
        whitening[i * size + j] = Float(sum)
      }
    }
    return (mean.map { Float($0) }, whitening)
  }

  /// How many patches are compared with the centroids in one product.
  private static let chunk = 256

  /// K-means (Lloyd 1982), which begins with some of the patches.
  private mutating func cluster(
    _ white: UnsafeMutablePointer<Float>, _ number: Int, seed: UInt64, on communicator: any Communicator,
    _ pool: ThreadPool, _ progress: TaskProgress
  ) throws {
    let order = RandomChoice.shuffled(number, seed: seed, stream: 2)
    centroids = order.prefix(count).flatMap { patch in (0..<size).map { white[patch * size + $0] } }
    for round in 1...Self.rounds {
      measure()
      let nearest = try nearest(white, number, on: communicator, pool)
      var sums = [Double](repeating: 0, count: count * size)
      var members = [Int](repeating: 0, count: count)
      for patch in 0..<number {
        let cluster = Int(nearest[patch])
        members[cluster] += 1
        for i in 0..<size { sums[cluster * size + i] += Double(white[patch * size + i]) }
      }
      // A centroid that is nearest to no patch stays where it is.
      for cluster in 0..<count where members[cluster] > 0 {
        for i in 0..<size {
          centroids[cluster * size + i] = Float(sums[cluster * size + i] / Double(members[cluster]))
        }
      }
      progress.update(round, of: Self.rounds)
    }
    progress.finish()
    measure()
  }

  private mutating func measure() {
    lengths = (0..<count).map { cluster in
      centroids[cluster * size..<(cluster + 1) * size].reduce(0) { $0 + $1 * $1 }
    }
  }

  /// The nearest centroid of each patch; each rank compares its share, in the same chunks on any number of ranks.
  private func nearest(
    _ white: UnsafeMutablePointer<Float>, _ number: Int, on communicator: any Communicator, _ pool: ThreadPool
  ) throws -> [UInt64] {
    var nearest = [UInt64](repeating: 0, count: number)
    let chunks = (number + Self.chunk - 1) / Self.chunk
    let own = RankPictures.share(of: chunks, rank: communicator.rank, size: communicator.size)
    let dots = (0..<pool.threads).map { _ in FloatBuffer(count: Self.chunk * count) }
    nearest.withUnsafeMutableBufferPointer { nearest in
      nonisolated(unsafe) let (nearest, white) = (nearest, white)
      pool.run(own.count) { item, worker in
        let first = (own.lowerBound + item) * Self.chunk
        let part = min(Self.chunk, number - first)
        compare(white + first * size, part, into: dots[worker].data)
        for patch in 0..<part {
          nearest[first + patch] = UInt64(ck_nearest(dots[worker].data + patch * count, lengths, count))
        }
      }
    }
    try communicator.allReduce(&nearest, .max)
    return nearest
  }

  /// Writes the products of whitened patches [patches][D] with the centroids, [patches][K].
  func compare(_ white: UnsafePointer<Float>, _ patches: Int, into dots: UnsafeMutablePointer<Float>) {
    centroids.withUnsafeBufferPointer { centroids in
      matrixProduct(
        MatrixView(white, rowStride: size),
        MatrixView(centroids.baseAddress!, rowStride: size, transposed: true),
        into: MatrixTarget(dots, rowStride: count), m: patches, n: count, k: size)
    }
  }
}
