import Cluster
import Recipes

/// The seeds of the pictures to make.
package struct SeedList: Equatable, Sendable {
  /// The seed of each picture, in order; at least one.
  package let seeds: [UInt64]
  /// The most pictures that are made at once.
  package static let most = 1_000_000

  /// Takes the seeds of `--seeds 0-63,99`, or the first `--count` seeds from 0 on, or else as many as the
  /// grid has places, or 64.
  /// - Throws: `RunError` for a list or count that is wrong or too large, or where both are given.
  package init(seeds list: String?, count: Int?, places: Int?) throws {
    guard let list else {
      let count = count ?? places ?? 64
      guard (1...Self.most).contains(count) else {
        throw RunError(
          "--count must be a whole number from 1 to \(Self.most), and is \(count)", code: RunExit.usage)
      }
      self.init(seeds: (0..<count).map(UInt64.init))
      return
    }
    guard count == nil else {
      throw RunError(
        "--count and --seeds were both given, and each says which pictures: leave one out",
        code: RunExit.usage)
    }
    try self.init(list, of: "--seeds")
  }

  private init(seeds: [UInt64]) { self.seeds = seeds }

  /// Takes the seeds of a list as 0-63,99.
  /// - Parameters:
  ///   - flag: the flag that the list was given to, for messages.
  ///   - nouns: what is counted, in the plural, for messages.
  /// - Throws: `RunError` for a list that is wrong or too long.
  package init(_ list: String, of flag: String, counting nouns: String = "pictures") throws {
    func wrong(_ reason: String) -> RunError {
      RunError(
        "\(flag) takes numbers and ranges from 0 on, as 0-63,99, and was given \"\(list)\": \(reason)",
        code: RunExit.usage)
    }
    var seeds: [UInt64] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 0
      else {
        throw wrong("\"\(part)\" is neither")
      }
      guard first <= last else { throw wrong("\(part) runs backwards") }
      guard last - first < Self.most, seeds.count + last - first < Self.most else {
        throw wrong("that is more than \(Self.most) \(nouns)")
      }
      seeds += (first...last).map(UInt64.init)
    }
    self.seeds = seeds
  }
}

extension PictureGrid {
  /// Reads the `8x4` of `--grid`.
  /// - Throws: `RunError` for anything else.
  package init(_ text: String) throws {
    guard let grid = PictureGrid(reading: text), (1...1_000).contains(grid.columns),
      (1...1_000).contains(grid.rows)
    else {
      throw RunError(
        "--grid takes columns x rows, each from 1 to 1000, as 8x8, and was given \"\(text)\"",
        code: RunExit.usage)
    }
    self = grid
  }
}
