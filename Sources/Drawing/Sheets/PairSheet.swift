/// Pictures with another one below each of them, in named rows and in blocks side by side, on white: what excites the
/// filters of one network, beside the same for another.
package struct PairSheet: Sendable {
  /// A picture, and the one below it. All pictures of a sheet have one size.
  package typealias Pair = (upper: Raster, lower: Raster)

  /// What stands side by side.
  package struct Block: Sendable {
    /// Above the block; one that is wider than the block is shortened.
    package var title: String
    /// The pairs of each row, at most as many as there are columns. Places without a pair are grey.
    package var rows: [[Pair]]

    /// A block from its parts.
    package init(title: String, rows: [[Pair]]) {
      self.title = title
      self.rows = rows
    }
  }

  /// Lines above the sheet, which is as wide as they need.
  package var title: [String]
  /// What the names of the rows are, above them.
  package var rowsTitle: String
  /// The names of the rows, at their left.
  package var rows: [String]
  /// The pairs of a row.
  package var columns: Int
  /// The blocks; at least one, with as many rows as there are names.
  package var blocks: [Block]
  /// What is written over a row without any pair, where it is not too long.
  package var nothing: String

  /// A sheet from its parts.
  package init(
    title: [String], rowsTitle: String, rows: [String], columns: Int, blocks: [Block], nothing: String
  ) {
    precondition(blocks.allSatisfy { $0.rows.count == rows.count }, "each row has a name")
    self.title = title
    self.rowsTitle = rowsTitle
    self.rows = rows
    self.columns = columns
    self.blocks = blocks
    self.nothing = nothing
  }

  /// Draws the sheet, in colour if any picture is.
  /// - Parameters:
  ///   - width: the width of a picture, in pixels.
  ///   - height: its height.
  package func draw(width: Int, height: Int) -> Raster {
    let form = Form(title, rows: rows + [rowsTitle], columns, blocks.count, width, height)
    let isGray = blocks.allSatisfy { $0.rows.joined().allSatisfy { $0.upper.channels == 1 } }
    var sheet = Raster(width: form.width, height: form.height, channels: isGray ? 1 : 3)
    func write(_ words: String, _ x: Float, _ y: Float, _ anchor: StrokeFont.Anchor, within room: Int? = nil)
    {
      StrokeFont.draw(
        room.map { StrokeFont.shortened(words, to: Float($0), height: form.text) } ?? words, at: Point(x, y),
        height: form.text, colour: Colour(0x222222), anchor: anchor, into: &sheet)
    }
    for (index, line) in title.enumerated() {
      write(line, Float(form.left), Float(Self.gap) + form.line * (Float(index) + 0.7), .start)
    }
    let names = Float(form.left) - form.text * 0.8
    write(rowsTitle, names, Float(form.top) - form.text * 0.7, .end)
    for (row, name) in rows.enumerated() {
      write(name, names, Float(form.rowTop(row) + form.rowHeight / 2) + form.text / 2, .end)
    }
    for (index, block) in blocks.enumerated() {
      let left = form.blockLeft(index)
      write(
        block.title, Float(left) + Float(form.blockWidth) / 2, Float(form.top) - form.text * 0.7, .middle,
        within: form.blockWidth)
      for (row, pairs) in block.rows.enumerated() {
        let top = form.rowTop(row)
        for (column, pair) in pairs.enumerated() {
          let x = left + column * (width + Self.padding)
          sheet.blit(pair.upper, x: x, y: top)
          sheet.blit(pair.lower, x: x, y: top + height + Self.padding)
        }
        let used = pairs.count * (width + Self.padding)
        sheet.fill(
          x: left + used, y: top, width: form.blockWidth - used, height: form.rowHeight, Colour(gray: 128))
        if pairs.isEmpty, StrokeFont.width(of: nothing, height: form.text) < Float(form.blockWidth) {
          let middle = Float(left) + Float(form.blockWidth) / 2
          write(nothing, middle, Float(top + form.rowHeight / 2) + form.text / 2, .middle)
        }
      }
    }
    return sheet
  }

  /// The width and height of such a sheet in pixels, without its titles and names.
  /// - Parameters:
  ///   - width: the width of a picture, in pixels.
  ///   - height: its height.
  package static func size(
    rows: Int, columns: Int, blocks: Int, width: Int, height: Int
  ) -> (width: Int, height: Int) {
    let form = Form([], rows: Array(repeating: "", count: rows + 1), columns, blocks, width, height)
    return (form.width, form.height)
  }

  /// The room around the sheet and between rows, in pixels.
  private static let gap = 14
  /// The room between pictures.
  private static let padding = 2

  /// Where everything stands, in pixels.
  private struct Form {
    /// The height of capitals.
    let text: Float
    /// The height of a line of text.
    let line: Float
    /// The left edge of the first block.
    let left: Int
    /// The upper edge of the first row.
    let top: Int
    let blockWidth: Int
    let rowHeight: Int
    let width: Int
    let height: Int

    /// - Parameter names: those of the rows, and then their title.
    init(
      _ title: [String], rows names: [String], _ columns: Int, _ blocks: Int, _ width: Int, _ height: Int
    ) {
      let text = min(12, max(8, Float(height) / 6)).rounded()
      self.text = text
      line = (text * 1.9).rounded(.up)
      func widest(_ words: [String]) -> Float {
        words.map { StrokeFont.width(of: $0, height: text) }.max() ?? 0
      }
      left = PairSheet.gap + Int((widest(names) + text * 0.8).rounded(.up))
      top = PairSheet.gap + Int(line) * (title.count + 1)
      blockWidth = columns * (width + PairSheet.padding) - PairSheet.padding
      rowHeight = 2 * height + PairSheet.padding
      let wide = blocks * (blockWidth + 2 * PairSheet.gap) - 2 * PairSheet.gap
      self.width = left + max(wide, Int(widest(title).rounded(.up))) + PairSheet.gap
      self.height = top + (names.count - 1) * (rowHeight + PairSheet.gap)
    }

    func rowTop(_ row: Int) -> Int { top + row * (rowHeight + PairSheet.gap) }
    func blockLeft(_ index: Int) -> Int { left + index * (blockWidth + 2 * PairSheet.gap) }
  }
}
