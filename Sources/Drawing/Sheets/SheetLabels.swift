/// What the margins of a sheet say of its pictures. An empty text or list takes no room.
package struct SheetLabels: Equatable, Sendable {
  /// What all pictures have in common, above the sheet, on as many lines as it takes: `hair = blonde`, `eyes = blue`.
  package var title: [String]
  /// What the rows stand for, upwards at the left: `hair`. It is left out if it is longer than the rows are high.
  package var rowsTitle: String
  /// The names of the rows, from the top, to their left.
  package var rows: [String]
  /// What the columns stand for, above their names: `eyes`. It is left out if it is longer than the sheet is wide.
  package var columnsTitle: String
  /// The names of the columns, from the left, above them; turned by 90 degrees if one is wider than its column.
  package var columns: [String]

  /// Labels from their parts.
  package init(
    title: [String] = [], rowsTitle: String = "", rows: [String] = [], columnsTitle: String = "",
    columns: [String] = []
  ) {
    self.title = title
    self.rowsTitle = rowsTitle
    self.rows = rows
    self.columnsTitle = columnsTitle
    self.columns = columns
  }

  /// Whether there is nothing to say.
  package var isEmpty: Bool { self == SheetLabels() }
}

/// The margins of a sheet, at its left and at its top, and the text in them.
struct SheetMargins {
  /// Pixels at the left of the sheet.
  private(set) var left = 0
  /// Pixels above the sheet.
  private(set) var top = 0
  private let labels: SheetLabels
  private let text: Float
  private let areTurned: Bool

  /// The longest name of a row or column, in heights of its capitals; a longer one is shortened.
  private static let longest: Float = 13

  /// - Parameters:
  ///   - labels: what the margins say. Names of rows and columns that the sheet does not have are left out.
  ///   - across: the number of columns.
  ///   - rows: the number of rows.
  ///   - cell: width and height of a picture and its padding, in pixels.
  init(_ labels: SheetLabels, across: Int, rows: Int, cell: (width: Int, height: Int)) {
    // Small pictures have small text, but none that cannot be read.
    let text = min(12, max(7, Float(cell.height) / 3)).rounded()
    func width(_ name: String) -> Float { StrokeFont.width(of: name, height: text) }
    var shown = labels
    shown.rows = labels.rows.prefix(rows).map {
      StrokeFont.shortened($0, to: Self.longest * text, height: text)
    }
    shown.columns = labels.columns.prefix(across).map {
      StrokeFont.shortened($0, to: Self.longest * text, height: text)
    }
    let sides = (width: Float(across * cell.width), height: Float(rows * cell.height))
    shown.title = Self.lines(labels.title, width: sides.width, text: text)
    if shown.rows.isEmpty || width(shown.rowsTitle) > sides.height { shown.rowsTitle = "" }
    if shown.columns.isEmpty || width(shown.columnsTitle) > sides.width { shown.columnsTitle = "" }
    let widest = shown.columns.map(width).max() ?? 0
    areTurned = widest > Float(cell.width)
    self.labels = shown
    self.text = text
    let line = Self.line(text)
    if !shown.rows.isEmpty {
      left =
        (shown.rowsTitle.isEmpty ? 0 : line) + Int(((shown.rows.map(width).max() ?? 0) + text).rounded(.up))
    }
    if !shown.columns.isEmpty { top = areTurned ? Int((widest + text).rounded(.up)) : line }
    top += line * (shown.title.count + (shown.columnsTitle.isEmpty ? 0 : 1))
  }

  /// The height of a line of text, with the room around it.
  private static func line(_ text: Float) -> Int { Int((text * 1.9).rounded(.up)) }

  /// `parts` with commas between them on lines that are at most `width` pixels wide; a longer part is shortened.
  private static func lines(_ parts: [String], width: Float, text: Float) -> [String] {
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, StrokeFont.width(of: "\(last), \(part)", height: text) <= width {
        lines[lines.count - 1] = "\(last), \(part)"
      } else {
        lines.append(StrokeFont.shortened(part, to: width, height: text))
      }
    }
    return lines
  }

  /// Writes the labels of a sheet whose pictures are drawn.
  /// - Parameters:
  ///   - middles: the middle of each column, of each row and of the grid of pictures, in pixels of the sheet.
  func draw(
    into sheet: inout Raster, columns: [Float], rows: [Float], middle: Point, _ ink: Colour
  ) {
    // Of a line, a descender's depth and some room lie below the baseline.
    let line = Float(Self.line(text))
    let below = text * 0.5
    func write(_ words: String, _ x: Float, _ y: Float, _ anchor: StrokeFont.Anchor, upwards: Bool = false) {
      StrokeFont.draw(
        words, at: Point(x, y), height: text, colour: ink, anchor: anchor, upwards: upwards, into: &sheet)
    }
    for (name, y) in zip(labels.rows, rows) { write(name, Float(left) - text * 0.5, y + text / 2, .end) }
    write(labels.rowsTitle, line - below, middle.y, .middle, upwards: true)
    for (name, x) in zip(labels.columns, columns) {
      if areTurned {
        write(name, x + text / 2, Float(top) - text * 0.3, .start, upwards: true)
      } else {
        write(name, x, Float(top) - below, .middle)
      }
    }
    var y = line - below
    for heading in labels.title + [labels.columnsTitle] where !heading.isEmpty {
      write(heading, middle.x, y, .middle)
      y += line
    }
  }
}
