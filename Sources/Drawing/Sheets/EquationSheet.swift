/// A sum of pictures, as figure 7 of Radford, Metz and Chintala (2015) draws one: on white, side by side, a block of
/// pictures for each term and for the result, each under its name. Below the blocks are rows of single pictures with the
/// signs of the sum between them, such as the mean of each block.
package struct EquationSheet: Sendable {
  /// A term of the sum, or its result.
  package struct Part: Sendable {
    /// The name above the block; one that is much wider than the block is shortened.
    package var name: String
    /// The block of pictures.
    package var block: Raster
    /// The single pictures below the block, one for each row.
    package var below: [Raster]

    /// A part from its parts.
    package init(name: String, block: Raster, below: [Raster]) {
      self.name = name
      self.block = block
      self.below = below
    }
  }

  /// The terms and, last, the result.
  package var parts: [Part]
  /// The signs between the parts, such as "-", "+" and "=": one less than there are parts.
  package var signs: [String]
  /// What each row of single pictures is, written at its left.
  package var rows: [String]

  /// A sum from its parts.
  package init(parts: [Part], signs: [String], rows: [String]) {
    precondition(!parts.isEmpty && signs.count == parts.count - 1, "a sign stands between two parts")
    precondition(parts.allSatisfy { $0.below.count == rows.count }, "each row has a picture of each part")
    self.parts = parts
    self.signs = signs
    self.rows = rows
  }

  /// The room around the sum and between its rows, in pixels.
  private static let gap = 12

  /// Draws the sum. It is gray if all of its pictures are.
  package func draw() -> Raster {
    let form = Form(self)
    let pictures = parts.flatMap { [$0.block] + $0.below }
    let channels = pictures.allSatisfy { $0.channels == 1 } ? 1 : 3
    var sheet = Raster(width: form.width, height: form.height, channels: channels)
    func write(_ words: String, _ x: Float, _ y: Float, _ anchor: StrokeFont.Anchor, times: Float = 1) {
      StrokeFont.draw(
        words, at: Point(x, y), height: form.text * times, colour: Colour(0x222222), anchor: anchor,
        into: &sheet)
    }
    for (index, part) in parts.enumerated() {
      let (left, width) = (form.lefts[index], form.widths[index])
      let name = StrokeFont.shortened(part.name, to: Float(width) + form.text, height: form.text)
      write(name, Float(left) + Float(width) / 2, Float(form.top) - form.text * 0.7, .middle)
      sheet.blit(part.block, x: left + (width - part.block.width) / 2, y: form.top)
      for (row, picture) in part.below.enumerated() {
        sheet.blit(picture, x: left + (width - picture.width) / 2, y: form.rowTops[row])
      }
    }
    for (row, name) in rows.enumerated() {
      let middle = Float(form.rowTops[row]) + Float(form.rowHeights[row]) / 2
      write(name, Float(form.lefts[0]) - form.text * 0.6, middle + form.text / 2, .end)
      for (index, sign) in signs.enumerated() {
        let x = Float(form.lefts[index] + form.widths[index] + form.lefts[index + 1]) / 2
        write(sign, x, middle + form.text, .middle, times: 2)
      }
    }
    return sheet
  }

  /// Where everything stands, in pixels.
  private struct Form {
    /// The height of capitals.
    var text: Float
    var lefts: [Int] = []
    var widths: [Int] = []
    /// The upper edge of the blocks.
    var top: Int
    var rowTops: [Int] = []
    var rowHeights: [Int] = []
    var width = 0
    var height = 0

    init(_ sheet: EquationSheet) {
      let text = min(12, max(8, Float(sheet.parts[0].below.first?.height ?? 48) / 6)).rounded()
      func width(_ words: String) -> Float { StrokeFont.width(of: words, height: text) }
      self.text = text
      top = EquationSheet.gap + Int(text * 1.9)
      let names = sheet.rows.map(width).max() ?? 0
      var x = EquationSheet.gap + (names > 0 ? Int((names + text * 0.6).rounded(.up)) : 0)
      for part in sheet.parts {
        let pictures = ([part.block] + part.below).map(\.width).max() ?? 0
        let wide = max(pictures, Int(min(width(part.name), EquationSheet.longest * text).rounded(.up)))
        lefts.append(x)
        widths.append(wide)
        x += wide + Int(text * 3)
      }
      self.width = x - Int(text * 3) + EquationSheet.gap
      var y = top + (sheet.parts.map(\.block.height).max() ?? 0)
      for row in sheet.rows.indices {
        y += EquationSheet.gap
        let high = sheet.parts.map { $0.below[row].height }.max() ?? 0
        rowTops.append(y)
        rowHeights.append(high)
        y += high
      }
      height = y + EquationSheet.gap
    }
  }

  /// The longest name that widens its column, in heights of its capitals.
  private static let longest: Float = 16
}
