/// A table of text for a terminal: columns of words are set to the left, those of numbers to the right.
package struct TextTable: Sendable {
  private let rows: [[String]]
  private let columnsOfWords: Int

  /// A table from its head and its rows.
  /// - Parameter columnsOfWords: how many columns, from the first on, hold words.
  package init(head: [String], rows: [[String]], columnsOfWords: Int = 1) {
    self.rows = [head] + rows
    self.columnsOfWords = columnsOfWords
  }

  /// Its lines, without spaces at their ends.
  package var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let spaces = String(repeating: " ", count: widths[column] - cell.count)
        return column < columnsOfWords ? cell + spaces : spaces + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
