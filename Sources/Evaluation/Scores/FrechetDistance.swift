import Tensors

/// The Frechet distance between two sets of features, taken as normal distributions (Dowson and Landau 1982; Heusel et al.
/// 2017): |m1 - m2|^2 + tr C1 + tr C2 - 2 tr (C1 C2)^(1/2).
package struct FrechetDistance: Equatable, Sendable {
  /// The distance.
  package let distance: Double
  /// Whether each set has more pictures than features; with fewer, covariances have directions without any pictures, and
  /// the distance says more of the number of pictures than of them.
  package let isReliable: Bool

  /// Measures the distance, on the calling thread, with the same bits on each rank.
  /// - Throws: `BLASError` where OpenBLAS lacks what it takes, or features are not finite.
  package init(_ real: FeatureTable, _ fake: FeatureTable) throws {
    precondition(real.count == fake.count, "features of one kind")
    let size = real.count
    let (first, second) = (try FeatureMoments(real), try FeatureMoments(fake))
    // With C = A A^T, tr (C1 C2)^(1/2) is the sum of the singular values of A1^T A2.
    let (one, other) = (try first.roots(), try second.roots())
    var mixed = [Double](repeating: 0, count: size * size)
    try mixed.withUnsafeMutableBufferPointer {
      try doubleProduct(one, other, into: $0.baseAddress!, m: size, n: size, k: size)
    }
    var square = mixed
    try square.withUnsafeMutableBufferPointer {
      try doubleProduct(mixed, mixed, into: $0.baseAddress!, m: size, n: size, k: size)
    }
    let roots = try symmetricEigen(square, n: size).values.reduce(0) { $0 + max(0, $1).squareRoot() }
    let between = zip(first.means, second.means).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    distance = max(0, between + first.trace + second.trace - 2 * roots)
    isReliable = min(real.pictures, fake.pictures) > size
  }
}

/// Mean and covariance of a table of features.
private struct FeatureMoments {
  let means: [Double]
  /// [F][F], with N - 1 in the denominator as NumPy's cov has it.
  let covariance: [Double]
  var trace: Double { means.indices.reduce(0) { $0 + covariance[$1 * means.count + $1] } }

  init(_ table: FeatureTable) throws {
    let (rows, size) = (table.pictures, table.count)
    var means = [Double](repeating: 0, count: size)
    for row in 0..<rows { for i in 0..<size { means[i] += Double(table.values.data[row * size + i]) } }
    for i in 0..<size { means[i] /= Double(rows) }
    let sums = try sumsOfProducts(rows: size, columns: rows) { pictures, room in
      for (place, picture) in pictures.enumerated() {
        for i in 0..<size {
          room[i * pictures.count + place] = Double(table.values.data[picture * size + i]) - means[i]
        }
      }
    }
    self.means = means
    let count = Double(max(1, rows - 1))
    covariance = (0..<size * size).map { at in
      let (i, j) = at.quotientAndRemainder(dividingBy: size)
      return sums[max(i, j) * size + min(i, j)] / count
    }
  }

  /// A^T of A A^T = the covariance: eigenvectors in rows, each times the root of its eigenvalue.
  func roots() throws -> [Double] {
    let size = means.count
    let (values, vectors) = try symmetricEigen(covariance, n: size)
    return (0..<size * size).map { vectors[$0] * max(0, values[$0 / size]).squareRoot() }
  }
}
