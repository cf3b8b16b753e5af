/// A table of text for a terminal: the first column is set to the left, the others to the right.
package struct TextTable: Sendable {
  private let rows: [[String]]

  /// A table from its head and its rows.
  package init(head: [String], rows: [[String]]) { self.rows = [head] + rows }

  /// Its lines, without spaces at their ends.
  package var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let spaces = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + spaces : spaces + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
