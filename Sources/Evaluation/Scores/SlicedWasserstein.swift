import Communication
import Reporting
import Tensors

/// The sliced Wasserstein distance between two sets of pictures (Karras et al. 2018, section 5; Rabin et al. 2011). It needs
/// no network.
///
/// At each level of a Laplacian pyramid, 128 neighbourhoods of 7 x 7 pixels are taken from each picture, at random places.
/// Each channel of a set gets mean 0 and standard deviation 1. Both sets are projected onto 512 random directions; the
/// distance along one is the mean difference of the sorted projections, and the level's is the mean over directions.
/// Numbers are 1,000 times the distance, as in the paper. Levels of large sides tell of sharpness and noise, those of small
/// sides of shapes and colours.
package struct SlicedWasserstein: Equatable, Sendable {
  /// A level of the pyramid.
  package struct Level: Equatable, Sendable {
    /// The shape of its pictures.
    package let shape: PictureShape
    /// 1,000 times the distance.
    package let distance: Double
  }

  /// The levels, from the largest side on.
  package let levels: [Level]
  /// The mean over levels.
  package var mean: Double { levels.reduce(0) { $0 + $1.distance } / Double(levels.count) }

  /// Neighbourhoods of a picture.
  package static let perPicture = 128
  /// The side of a neighbourhood.
  package static let side = 7
  /// The directions.
  package static let directions = 512
  /// Directions that are worked on together. The bits of the projections depend on it.
  private static let together = 32

  /// Measures the distance between two sets of as many pictures. Collective; the same on any number of ranks.
  /// - Parameter seed: of places and directions.
  /// - Throws: errors of the message layer.
  package init(
    _ real: ScoredPictures, _ fake: ScoredPictures, seed: UInt64, on communicator: any Communicator,
    pool: ThreadPool, progress: TaskProgress
  ) throws {
    precondition(real.count == fake.count && real.form == fake.form, "two sets of as many pictures")
    let shapes = LaplacianPyramid.shapes(of: real.form)
    let pyramids = (0..<pool.threads).map { _ in LaplacianPyramid(real.form) }
    levels = try shapes.indices.map { level in
      let work = try [real, fake].enumerated().map { set, pictures in
        try Neighbourhoods(
          pictures, set: set, level: level, shapes[level], pyramids, seed: seed, on: communicator, pool: pool)
      }
      let directions = Self.directions(work[0].size, level: level, seed: seed)
      var sums = [Double](repeating: 0, count: Self.directions)
      for first in stride(from: 0, to: Self.directions, by: Self.together) {
        let part = Array(directions[first * work[0].size..<(first + Self.together) * work[0].size])
        let sorted = try work.map { try $0.sortedProjections(part, Self.together) }
        for (place, column) in work[0].ownDirections(Self.together).enumerated() {
          let count = work[0].projections
          let (a, b) = (sorted[0].data + place * count, sorted[1].data + place * count)
          var sum = 0.0
          for i in 0..<count { sum += Double(abs(a[i] - b[i])) }
          sums[first + column] = sum / Double(count)
        }
        progress.update(
          (level * Self.directions + first + Self.together), of: shapes.count * Self.directions)
      }
      try communicator.allReduce(&sums, .sum)
      return Level(
        shape: shapes[level], distance: 1_000 * sums.reduce(0, +) / Double(Self.directions))
    }
    progress.finish()
  }

  /// Directions of length 1, [directions][size].
  package static func directions(_ size: Int, level: Int, seed: UInt64) -> [Float] {
    var all = [Float](repeating: 0, count: directions * size)
    all.withUnsafeMutableBufferPointer { all in
      for direction in 0..<directions {
        let row = all.baseAddress! + direction * size
        RandomStream(seed: seed, purpose: .direction, step: level, sample: direction)
          .fillNormal(row, count: size)
        let length = (0..<size).reduce(0.0) { $0 + Double(row[$1]) * Double(row[$1]) }.squareRoot()
        for i in 0..<size { row[i] = Float(Double(row[i]) / length) }
      }
    }
    return all
  }
}
