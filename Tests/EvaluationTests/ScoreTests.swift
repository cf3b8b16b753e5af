import Cluster
import Communication
import Datasets
import Evaluation
import Reporting
import Tensors
import TestRanks
import TestSupport
import Testing

@Suite("Scores of sets of pictures") struct ScoreTests {
  init() throws { try Machine.openLibraries() }

  // MARK: Sorting

  @Test("Radix sort sorts, negative numbers and equal ones too", arguments: [0, 1, 2, 1_000, 50_001])
  func sorts(count: Int) {
    var numbers = Numbers(3)
    var values = numbers.floats(max(4, count)).map { ($0 - 0.5) * 1e3 }
    values[0] = 0
    values[1] = -0.0
    values[2] = values[3]
    let (given, room) = (FloatBuffer(count: max(1, count)), FloatBuffer(count: max(1, count)))
    for i in 0..<count { given.data[i] = values[i] }
    radixSort(given.data, room.data, count: count)
    let sorted = (0..<count).map { given.data[$0] }
    #expect(sorted == values.prefix(count).sorted())
  }

  // MARK: Sliced Wasserstein

  private static func mirrored(_ place: Int, _ count: Int) -> Int {
    place < 0 ? -place : place >= count ? 2 * (count - 1) - place : place
  }

  /// [H][W][C] smoothed by the formula, all 25 weights at once.
  private static func blurred(_ picture: [[[Double]]], scale: Double) -> [[[Double]]] {
    let weights = [1.0, 4, 6, 4, 1]
    let (height, width, channels) = (picture.count, picture[0].count, picture[0][0].count)
    return (0..<height).map { y in
      (0..<width).map { x in
        (0..<channels).map { c in
          var sum = 0.0
          for i in 0..<5 {
            for j in 0..<5 {
              sum +=
                scale * weights[i] * weights[j] / 256
                * picture[mirrored(y + i - 2, height)][mirrored(x + j - 2, width)][c]
            }
          }
          return sum
        }
      }
    }
  }

  /// The pyramid by the formula.
  private static func pyramid(_ picture: [[[Double]]], levels: Int) -> [[[[Double]]]] {
    var smooth = [picture]
    for _ in 1..<levels {
      let wide = blurred(smooth.last!, scale: 1)
      smooth.append(
        stride(from: 0, to: wide.count, by: 2).map { y in
          stride(from: 0, to: wide[0].count, by: 2).map { wide[y][$0] }
        })
    }
    return smooth.indices.map { level in
      guard level + 1 < levels else { return smooth[level] }
      let (own, next) = (smooth[level], smooth[level + 1])
      let sparse = own.indices.map { y in
        own[0].indices.map { x in
          y % 2 == 0 && x % 2 == 0 ? next[y / 2][x / 2] : own[0][0].map { _ in 0 }
        }
      }
      let wide = blurred(sparse, scale: 4)
      return own.indices.map { y in
        own[0].indices.map { x in zip(own[y][x], wide[y][x]).map { $0 - $1 } }
      }
    }
  }

  private static func picture(_ bytes: UnsafePointer<UInt8>, _ form: PictureShape) -> [[[Double]]] {
    (0..<form.height).map { y in
      (0..<form.width).map { x in
        (0..<form.channels).map { Double(bytes[(y * form.width + x) * form.channels + $0]) }
      }
    }
  }

  @Test(
    "Levels of the pyramid are those of the formula, of odd sides too",
    arguments: [(64, 64, 3), (37, 33, 1), (32, 70, 3), (8, 8, 3)])
  func pyramids(height: Int, width: Int, channels: Int) {
    let form = PictureShape(height: height, width: width, channels: channels)
    var numbers = Numbers(9)
    let bytes = numbers.floats(form.count).map { UInt8(max(0, min(255, 128 + 100 * $0))) }
    let pyramid = LaplacianPyramid(form)
    let expected = Self.pyramid(Self.picture(bytes, form), levels: pyramid.shapes.count)
    for (level, shape) in pyramid.shapes.enumerated() {
      let made = Self.flat(expected[level])
      #expect(made.count == shape.count)
      let values = pyramid.level(level, of: bytes)
      for i in 0..<shape.count { #expect(abs(Double(values[i]) - made[i]) < 1e-3) }
    }
  }

  private static func flat(_ picture: [[[Double]]]) -> [Double] { picture.flatMap { $0.flatMap { $0 } } }

  private static func list(
    _ seed: UInt64, _ count: Int, _ size: Int, on communicator: any Communicator, _ pool: ThreadPool
  ) throws -> RankPictures {
    try RankPictures(
      [try ProceduralFaces(count: count, size: size, seed: seed)],
      (0..<count).map { PicturePlace(index: $0) }, on: communicator, pool: pool)
  }

  private static func distance(
    _ seeds: (UInt64, UInt64), _ count: Int, size: Int, on communicator: any Communicator, threads: Int
  ) throws -> [Double] {
    let pool = ThreadPool(threads: threads)
    let lists = try [seeds.0, seeds.1].map { try list($0, count, size, on: communicator, pool) }
    return try SlicedWasserstein(
      ScoredPictures(lists[0]), ScoredPictures(lists[1]), seed: 4, on: communicator, pool: pool,
      progress: TaskProgress("", of: "", on: nil)
    ).levels.map(\.distance)
  }

  @Test("The sliced Wasserstein distance is that of the formula")
  func slicedWasserstein() throws {
    let (count, size) = (5, 32)
    let (alone, pool) = (SingleProcessCommunicator(), ThreadPool(threads: 1))
    let made = try Self.distance((5, 6), count, size: size, on: alone, threads: 2)
    let form = PictureShape(height: size, width: size, channels: 3)
    let sets = try [5, 6].map { seed in
      let list = try Self.list(UInt64(seed), count, size, on: alone, pool)
      return (0..<count).map {
        Self.pyramid(Self.picture(list.bytes.baseAddress! + $0 * form.count, form), levels: 2)
      }
    }
    #expect(made.count == 2)
    for level in 0..<2 {
      let projected = sets.enumerated().map { set, pictures -> [[Double]] in
        var rows: [[Double]] = []
        for (place, pyramid) in pictures.enumerated() {
          let pixels = pyramid[level]
          let chances = RandomStream(
            seed: 4, purpose: .neighbourhood, stream: set, step: level, sample: place)
          for number in 0..<128 {
            let top = Int(chances.uniform(2 * number) * Float(pixels.count - 6))
            let left = Int(chances.uniform(2 * number + 1) * Float(pixels[0].count - 6))
            rows.append((0..<49).flatMap { pixels[top + $0 / 7][left + $0 % 7] })
          }
        }
        for c in 0..<3 {
          let values = rows.flatMap { row in stride(from: c, to: 147, by: 3).map { row[$0] } }
          let mean = values.reduce(0, +) / Double(values.count)
          let deviation =
            (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
          for row in rows.indices {
            for i in stride(from: c, to: 147, by: 3) { rows[row][i] = (rows[row][i] - mean) / deviation }
          }
        }
        let directions = SlicedWasserstein.directions(147, level: level, seed: 4)
        return (0..<512).map { direction in
          rows.map { row in (0..<147).reduce(0) { $0 + row[$1] * Double(directions[direction * 147 + $1]) } }
            .sorted()
        }
      }
      var sum = 0.0
      for (a, b) in zip(projected[0], projected[1]) {
        sum += zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(a.count)
      }
      let expected = 1_000 * sum / 512
      #expect(abs(made[level] - expected) < 1e-4 * expected)
    }
  }

  @Test("Any number of ranks and threads gives the same distances", arguments: [2, 3])
  func sameOnRanks(ranks: Int) throws {
    let alone = try Self.distance((5, 6), 11, size: 16, on: SingleProcessCommunicator(), threads: 3)
    let all = try ThreadCommunicator.run(ranks: ranks) {
      try Self.distance((5, 6), 11, size: 16, on: $0, threads: 1)
    }
    for rank in all { #expect(rank == alone) }
    #expect(alone[0] > 0)
  }

  // MARK: Features

  /// Features around `mean`, of `count` pictures.
  private static func features(_ seed: Int, _ pictures: Int, _ count: Int, mean: Float) -> FeatureTable {
    var numbers = Numbers(seed)
    let table = FeatureTable(pictures: pictures, count: count)
    let values = numbers.floats(pictures * count)
    for i in 0..<pictures * count { table.values.data[i] = values[i] * (1 + Float(i % count) / 4) + mean }
    return table
  }

  private static func rows(_ table: FeatureTable) -> [[Double]] {
    (0..<table.pictures).map { row in
      (0..<table.count).map { Double(table.values.data[row * table.count + $0]) }
    }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test("The kernel distance is that of the formula, and the same on two ranks")
  func kernelDistance() throws {
    let (real, fake) = (Self.features(1, 40, 6, mean: 0), Self.features(2, 35, 6, mean: 0.3))
    @Sendable func measure(_ communicator: any Communicator) throws -> KernelDistance {
      try KernelDistance(real, fake, seed: 8, on: communicator, pool: ThreadPool(threads: 2))
    }
    let made = try measure(SingleProcessCommunicator())
    let (reals, fakes) = (Self.rows(real), Self.rows(fake))
    func kernel(_ a: [Double], _ b: [Double]) -> Double {
      let base = Self.dot(a, b) / 6 + 1
      return base * base * base
    }
    let distances = (0..<KernelDistance.subsets).map { number -> Double in
      let x = KernelDistance.places(35, of: 40, seed: 8, stream: 0, number: number).map { reals[$0] }
      let y = KernelDistance.places(35, of: 35, seed: 8, stream: 1, number: number).map { fakes[$0] }
      var sum = 0.0
      for i in 0..<35 {
        for j in 0..<35 {
          if i != j { sum += (kernel(x[i], x[j]) + kernel(y[i], y[j])) / (35 * 34) }
          sum -= 2 * kernel(x[i], y[j]) / (35 * 35)
        }
      }
      return sum
    }
    let mean = distances.reduce(0, +) / 100
    #expect(abs(made.mean - mean) < 1e-10 * max(1, abs(mean)) && made.subset == 35)
    let spread = (distances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100).squareRoot()
    #expect(abs(made.spread - spread) < 1e-10)
    for rank in try ThreadCommunicator.run(ranks: 2, { try measure($0) }) { #expect(rank == made) }
  }

  @Test("The Frechet distance of two features is that of the closed form of 2 x 2 matrices")
  func frechet() throws {
    let (real, fake) = (Self.features(1, 50, 2, mean: 0), Self.features(2, 70, 2, mean: 0.5))
    func moments(_ table: FeatureTable) -> (mean: [Double], covariance: [[Double]]) {
      let rows = Self.rows(table)
      let mean = (0..<2).map { i in rows.reduce(0) { $0 + $1[i] } / Double(rows.count) }
      return (
        mean,
        (0..<2).map { i in
          (0..<2).map { j in
            rows.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / Double(rows.count - 1)
          }
        }
      )
    }
    let (a, b) = (moments(real), moments(fake))
    func determinant(_ m: [[Double]]) -> Double { m[0][0] * m[1][1] - m[0][1] * m[1][0] }
    let product = (0..<2).map { i in
      (0..<2).map { j in (0..<2).reduce(0) { $0 + a.covariance[i][$1] * b.covariance[$1][j] } }
    }
    // tr M^(1/2) = (tr M + 2 (det M)^(1/2))^(1/2) for 2 x 2.
    let root = (product[0][0] + product[1][1] + 2 * determinant(product).squareRoot()).squareRoot()
    let expected =
      zip(a.mean, b.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      + a.covariance[0][0] + a.covariance[1][1] + b.covariance[0][0] + b.covariance[1][1] - 2 * root
    let made = try FrechetDistance(real, fake)
    #expect(abs(made.distance - expected) < 1e-9 && made.isReliable)
    #expect(try FrechetDistance(real, real).distance < 1e-9)
    let few = Self.features(3, 6, 9, mean: 0)
    let unreliable = try FrechetDistance(few, few)
    #expect(unreliable.distance < 1e-6 && !unreliable.isReliable)
  }

  @Test("Precision, recall, density, coverage and diversity are those of their definitions")
  func neighbours() throws {
    let (real, fake) = (Self.features(1, 300, 4, mean: 0), Self.features(2, 170, 4, mean: 0.4))
    @Sendable func measure(_ communicator: any Communicator, _ threads: Int) throws -> NeighbourScores {
      try NeighbourScores(real, fake, on: communicator, pool: ThreadPool(threads: threads))
    }
    let made = try measure(SingleProcessCommunicator(), 2)
    let (reals, fakes) = (Self.rows(real), Self.rows(fake))
    func apart(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    func radii(_ points: [[Double]], _ k: Int) -> [Double] {
      points.map { point in points.map { apart(point, $0) }.sorted()[k] }
    }
    func within(_ points: [[Double]], _ set: [[Double]], _ radii: [Double]) -> [Int] {
      points.map { point in zip(set, radii).count { apart(point, $0) <= $1 } }
    }
    func mean(_ points: [[Double]]) -> Double {
      points.reduce(0) { sum, point in sum + points.reduce(0) { $0 + apart(point, $1) } }
        / Double(points.count * (points.count - 1))
    }
    let balls = radii(reals, 5)
    #expect(made.precision.right == within(fakes, reals, radii(reals, 3)).count { $0 > 0 })
    #expect(made.recall.right == within(reals, fakes, radii(fakes, 3)).count { $0 > 0 })
    let inBalls = within(fakes, reals, balls)
    #expect(abs(made.density - Double(inBalls.reduce(0, +)) / (5 * 170)) < 1e-12)
    let covered = zip(reals, balls).count { ball in fakes.contains { apart(ball.0, $0) <= ball.1 } }
    #expect(made.coverage.right == covered && made.coverage.total == 300)
    #expect(abs(made.diversity - mean(fakes) / mean(reals)) < 1e-9)
    for (fake, nearest) in zip(fakes, made.nearest) {
      let distances = reals.map { apart(fake, $0) }
      #expect(
        abs(nearest.distance - distances.min()!) < 1e-6 && distances[nearest.place] < nearest.distance + 1e-6)
    }
    for rank in try ThreadCommunicator.run(ranks: 3, { try measure($0, 1) }) { #expect(rank == made) }
  }
}
