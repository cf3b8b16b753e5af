/// The layout of pictures on a sheet.
///
/// The geometry is that of torchvision's `make_grid`: every picture has a border of `padding` pixels, which
/// neighbours share and which the sheet's edges have, too. So c columns of width W take c (W + padding) + padding
/// pixels: 8 columns of 96 with a padding of 2 take 786, 10 columns of 28 with a padding of 1 take 291. Unlike
/// `make_grid`, a single picture has a border, too.
package struct Sheet: Equatable, Sendable {
  /// Pictures in a row; with fewer pictures the sheet is narrower.
  package var columns: Int
  /// Pixels between pictures and around them.
  package var padding: Int
  /// The gray of the padding, 0 black to 1 white.
  package var paddingValue: Double
  /// Each pixel of a picture becomes a square of scale x scale pixels; the padding is not scaled.
  package var scale: Int
  /// The labels to the left of the rows, from the top. If there are none, the sheet has no margin for labels.
  package var rowLabels: [String]

  /// A layout from its parts; the defaults are torchvision's.
  package init(
    columns: Int = 8, padding: Int = 2, paddingValue: Double = 0, scale: Int = 1, rowLabels: [String] = []
  ) {
    precondition(
      columns > 0 && padding >= 0 && scale > 0, "a sheet has columns, and its sizes are not negative")
    self.columns = columns
    self.padding = padding
    self.paddingValue = paddingValue
    self.scale = scale
    self.rowLabels = rowLabels
  }

  /// The columns of the most even layout of `count` pictures, which is as wide as high or a little wider: 64
  /// pictures are 8 x 8, 12 are 4 columns by 3 rows.
  package static func columns(for count: Int) -> Int {
    Int(Double(max(1, count)).squareRoot().rounded(.up))
  }

  /// Draws a sheet of these pictures, row by row. The empty places of the last row have the colour of the padding.
  package func draw(_ pictures: SheetPictures) -> Raster {
    let across = min(columns, pictures.count)
    let rows = (pictures.count + across - 1) / across
    let cell = (width: pictures.width * scale + padding, height: pictures.height * scale + padding)
    let textHeight = min(14, max(6, Float(pictures.height * scale) / 3))
    let margin = labelMargin(textHeight: textHeight)
    let gray = UInt8(min(1, max(0, paddingValue)) * 255 + 0.5)
    var sheet = Raster(
      width: margin + across * cell.width + padding, height: rows * cell.height + padding,
      channels: pictures.channels, fill: Colour(gray: gray))
    for index in 0..<pictures.count {
      sheet.blit(
        pictures[index], x: margin + padding + index % across * cell.width,
        y: padding + index / across * cell.height, scale: scale)
    }
    let ink: Colour = gray < 140 ? .white : .black
    for (row, label) in rowLabels.prefix(rows).enumerated() {
      let middle = Float(padding + row * cell.height) + Float(pictures.height * scale) / 2
      StrokeFont.draw(
        label, at: Point(Float(margin) - textHeight * 0.5, middle + textHeight / 2), height: textHeight,
        colour: ink, anchor: .end, into: &sheet)
    }
    return sheet
  }

  private func labelMargin(textHeight: Float) -> Int {
    let widest = rowLabels.map { StrokeFont.width(of: $0, height: textHeight) }.max() ?? 0
    return widest > 0 ? Int((widest + textHeight).rounded(.up)) : 0
  }

  /// Draws sheets side by side on white, each under its title, with their tops aligned, such as real pictures beside
  /// generated ones. The result is gray if all sheets are.
  /// - Parameter gap: the room between and around sheets, in pixels.
  package static func sideBySide(_ sheets: [(title: String, sheet: Raster)], gap: Int = 24) -> Raster {
    precondition(!sheets.isEmpty, "there is at least one sheet to show")
    let textHeight = Float(min(18, max(9, sheets[0].sheet.width / 24)))
    let head = Int(textHeight * 2.6)
    let width = sheets.reduce(gap * (sheets.count + 1)) { $0 + $1.sheet.width }
    let height = head + gap + (sheets.map(\.sheet.height).max() ?? 0)
    let channels = sheets.allSatisfy { $0.sheet.channels == 1 } ? 1 : 3
    var whole = Raster(width: width, height: height, channels: channels)
    var x = gap
    for (title, sheet) in sheets {
      whole.blit(sheet, x: x, y: head)
      StrokeFont.draw(
        title, at: Point(Float(x) + Float(sheet.width) / 2, textHeight * 1.8), height: textHeight,
        colour: Colour(0x222222), anchor: .middle, into: &whole)
      x += sheet.width + gap
    }
    return whole
  }
}
