/// A share of things that were right, with its 95% interval.
package struct Accuracy: Equatable, Sendable {
  /// How many were right.
  package let right: Int
  /// Of how many.
  package let total: Int

  /// `right` of `total`, at least one.
  package init(right: Int, of total: Int) {
    precondition(total > 0 && (0...total).contains(right), "a share is of something")
    self.right = right
    self.total = total
  }

  /// The share, 0 to 1.
  package var share: Double { Double(right) / Double(total) }

  /// The 95% interval of the share that a larger sample would have (Wilson 1927), for things that are drawn independently.
  package var interval: ClosedRange<Double> {
    let z = 1.959963984540054
    let n = Double(total)
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, middle - half)...min(1, middle + half)
  }
}

/// Which classes were taken for which.
package struct ConfusionTable: Equatable, Sendable {
  /// The names of the classes.
  package let classes: [String]
  /// [true class][found class]: how many pictures.
  package let counts: [[Int]]

  /// Counts pictures of known class.
  init(classes: [String], known: [Int], found: [Int]) {
    self.classes = classes
    var counts = classes.map { _ in [Int](repeating: 0, count: classes.count) }
    for (known, found) in zip(known, found) { counts[known][found] += 1 }
    self.counts = counts
  }

  /// The share of pictures on the diagonal.
  package var accuracy: Accuracy {
    Accuracy(
      right: classes.indices.reduce(0) { $0 + counts[$1][$1] }, of: counts.reduce(0) { $0 + $1.reduce(0, +) })
  }
}
