import Networks
import Tensors

/// A sheet's columns and rows.
package struct PictureGrid: Equatable, Sendable {
  /// Pictures across.
  package let columns: Int
  /// Pictures down.
  package let rows: Int
  /// How many pictures fit.
  package var places: Int { columns * rows }

  /// As it is written: `8x4`.
  package var text: String { "\(columns)x\(rows)" }

  /// A grid of its sides, each at least 1.
  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  /// Reads `8x4`: 8 across, 4 down; nil for anything else. The sides may be any numbers.
  package init?(reading text: String) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let columns = sides[0], let rows = sides[1] else { return nil }
    self.init(columns: columns, rows: rows)
  }

  /// The squarest grid of `count` pictures, wider than high.
  package init(holding count: Int) {
    var columns = 1
    while columns * columns < count { columns += 1 }
    self.columns = columns
    rows = max(1, (count + columns - 1) / columns)
  }
}

extension PictureGrid {
  /// A row for each class of the first group and a column for each of the second, so that a sheet shows every pair: at most
  /// 16 of each, at least 8 columns, and 8 rows where there is one group.
  package static func holding(_ groups: [LabelGroup]) -> PictureGrid {
    let rows = groups.first?.classes.count ?? 8
    let columns = groups.count > 1 ? groups[1].classes.count : 8
    return PictureGrid(columns: min(16, max(8, columns)), rows: min(16, max(groups.count > 1 ? 1 : 8, rows)))
  }
}
