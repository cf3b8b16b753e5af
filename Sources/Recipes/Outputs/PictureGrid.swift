import Networks
import Tensors

/// The columns and rows of a sheet.
package struct PictureGrid: Equatable, Sendable {
  /// Pictures in a row.
  package let columns: Int
  /// Pictures in a column.
  package let rows: Int
  /// How many pictures the sheet holds.
  package var places: Int { columns * rows }

  /// The grid as text: `8x4` for 8 columns and 4 rows.
  package var text: String { "\(columns)x\(rows)" }

  /// A grid from its sides, each at least 1.
  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  /// Reads `8x4` as 8 columns and 4 rows; nil for any other form. The range of the numbers is not checked.
  package init?(reading text: String) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let columns = sides[0], let rows = sides[1] else { return nil }
    self.init(columns: columns, rows: rows)
  }

  /// The squarest grid that holds `count` pictures; it is as wide as high or wider.
  package init(holding count: Int) {
    var columns = 1
    while columns * columns < count { columns += 1 }
    self.columns = columns
    rows = max(1, (count + columns - 1) / columns)
  }
}

extension PictureGrid {
  /// A grid with a row for each class of the first group and a column for each class of the second, so that a sheet
  /// shows every pair. There are at most 16 rows and 16 columns, and with one group at least 8 of both. Up to three
  /// classes of the second group stand in several columns each.
  package static func holding(_ groups: [LabelGroup]) -> PictureGrid {
    let rows = groups.first?.classes.count ?? 8
    let second = groups.count > 1 ? groups[1].classes.count : 1
    let columns = second > 3 ? second : (7 / second + 1) * second
    return PictureGrid(columns: min(16, columns), rows: min(16, max(groups.count > 1 ? 1 : 8, rows)))
  }
}
