/// A square table of shares as a picture: a darker cell is a larger share of its row.
package struct TableChart: Sendable {
  /// Written above.
  package var title: String
  /// What the rows are, written at the left, upwards.
  package var rowsTitle: String
  /// What the columns are.
  package var columnsTitle: String
  /// The names of rows and columns.
  package var names: [String]
  /// [row][column].
  package var counts: [[Int]]

  /// A table from its parts.
  package init(
    title: String, rowsTitle: String, columnsTitle: String, names: [String], counts: [[Int]]
  ) {
    precondition(counts.count == names.count && counts.allSatisfy { $0.count == names.count }, "a square")
    self.title = title
    self.rowsTitle = rowsTitle
    self.columnsTitle = columnsTitle
    self.names = names
    self.counts = counts
  }

  private static let ink = Colour(0x2B2B2B)
  private static let full = Colour(0x08519C)
  /// The height of capitals.
  private static let text: Float = 11
  /// The longest name, in heights of its capitals.
  private static let longest: Float = 12
  private static let gap = 14

  /// Draws the table. Counts are written where a cell has room for them.
  package func draw() -> Raster {
    let text = Self.text
    let cell = names.count <= 20 ? 44 : names.count <= 60 ? 16 : 6
    let shown = names.map { StrokeFont.shortened($0, to: Self.longest * text, height: text) }
    let widest = Int((shown.map { StrokeFont.width(of: $0, height: text) }.max() ?? 0).rounded(.up))
    let line = Int(text * 2)
    let hasNames = Float(cell) >= text * 1.3
    let left = Self.gap + line + (hasNames ? widest + 8 : 0)
    let top = Self.gap + 2 * line + (hasNames ? widest + 8 : 0)
    let side = cell * names.count
    let heading = Int(StrokeFont.width(of: title, height: text)) + 2 * Self.gap
    var sheet = Raster(width: max(left + side + Self.gap, heading), height: top + side + Self.gap)
    func write(
      _ words: String, _ x: Int, _ y: Int, _ anchor: StrokeFont.Anchor, _ colour: Colour = Self.ink,
      upwards: Bool = false
    ) {
      StrokeFont.draw(
        words, at: Point(Float(x), Float(y)), height: text, colour: colour, anchor: anchor, upwards: upwards,
        into: &sheet)
    }
    let baseline = Int(text / 2)
    write(title, Self.gap, Self.gap + Int(text), .start)
    write(columnsTitle, left + side / 2, Self.gap + line + Int(text), .middle)
    write(rowsTitle, Self.gap + Int(text), top + side / 2, .middle, upwards: true)
    for (row, name) in shown.enumerated() {
      let total = max(1, counts[row].reduce(0, +))
      let middle = top + row * cell + cell / 2
      if hasNames {
        write(name, left - 6, middle + baseline, .end)
        write(name, left + row * cell + cell / 2 + baseline, top - 6, .start, upwards: true)
      }
      for (column, count) in counts[row].enumerated() {
        let share = Float(count) / Float(total)
        let x = left + column * cell
        sheet.fill(
          x: x, y: top + row * cell, width: cell - 1, height: cell - 1, Self.full, opacity: share.squareRoot()
        )
        let words = String(count)
        guard StrokeFont.width(of: words, height: text) <= Float(cell - 4) else { continue }
        write(words, x + cell / 2, middle + baseline, .middle, share > 0.2 ? .white : Self.ink)
      }
    }
    return sheet
  }
}
