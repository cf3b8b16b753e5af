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
  /// What the margins at the left and above say; where that is nothing, there are no margins.
  package var labels: SheetLabels
  /// The text below each picture, such as its seed, in the order of the pictures; where there are none, there is no room
  /// for them. Columns are as wide as the widest text.
  package var captions: [String]

  /// The most pixels of a sheet that a person asks for: 300 MB in memory.
  package static let mostPixels = 100_000_000

  /// A layout from its parts; the defaults are torchvision's.
  package init(
    columns: Int = 8, padding: Int = 2, paddingValue: Double = 0, scale: Int = 1,
    labels: SheetLabels = SheetLabels(), captions: [String] = []
  ) {
    precondition(
      columns > 0 && padding >= 0 && scale > 0, "a sheet has columns, and its sizes are not negative")
    self.columns = columns
    self.padding = padding
    self.paddingValue = paddingValue
    self.scale = scale
    self.labels = labels
    self.captions = captions
  }

  /// The columns of the most even layout of `count` pictures, which is as wide as high or a little wider: 64
  /// pictures are 8 x 8, 12 are 4 columns by 3 rows.
  package static func columns(for count: Int) -> Int {
    Int(Double(max(1, count)).squareRoot().rounded(.up))
  }

  /// Draws a sheet of these pictures, row by row. The empty places of the last row have the colour of the padding.
  package func draw(_ pictures: SheetPictures) -> Raster {
    let form = form(pictures.count, width: pictures.width, height: pictures.height)
    let gray = UInt8(min(1, max(0, paddingValue)) * 255 + 0.5)
    var sheet = Raster(
      width: form.width, height: form.height, channels: pictures.channels, fill: Colour(gray: gray))
    // A column may be wider than its pictures, for the captions.
    let inset = (form.cell.width - padding - pictures.width * scale) / 2
    let columns = (0..<form.across).map { form.margins.left + padding + inset + $0 * form.cell.width }
    let rows = (0..<form.rows).map { form.margins.top + padding + $0 * form.cell.height }
    // Of the two the one with more contrast: it is the same at a luminance of 0.18.
    let ink: Colour = gray < 118 ? .white : .black
    let middles = columns.map { Float($0) + Float(pictures.width * scale) / 2 }
    for index in 0..<pictures.count {
      let y = rows[index / form.across]
      sheet.blit(pictures[index], x: columns[index % form.across], y: y, scale: scale)
      guard index < captions.count else { continue }
      form.captions.draw(
        captions[index], under: Point(middles[index % form.across], Float(y + pictures.height * scale)), ink,
        into: &sheet)
    }
    form.margins.draw(
      into: &sheet, columns: middles, rows: rows.map { Float($0) + Float(pictures.height * scale) / 2 },
      middle: Point(
        Float(form.margins.left + form.width) / 2, Float(form.margins.top + form.height) / 2), ink)
    return sheet
  }

  /// The width and height of a sheet of `count` pictures of this width and height, in pixels.
  package func size(_ count: Int, width: Int, height: Int) -> (width: Int, height: Int) {
    let form = form(count, width: width, height: height)
    return (form.width, form.height)
  }

  /// The part of a sheet without its margins.
  /// - Parameters:
  ///   - sheet: a picture as `draw` made it; one of another size is returned as it is.
  ///   - count: the number of pictures in it.
  ///   - width: the width of a picture, in pixels.
  ///   - height: the height of a picture, in pixels.
  package func withoutMargins(_ sheet: Raster, count: Int, width: Int, height: Int) -> Raster {
    let form = form(count, width: width, height: height)
    guard sheet.width == form.width, sheet.height == form.height else { return sheet }
    let (left, top) = (form.margins.left, form.margins.top)
    return sheet.cropped(x: left, y: top, width: form.width - left, height: form.height - top)
  }

  /// The measures of a sheet of `count` pictures, in pixels.
  private func form(_ count: Int, width: Int, height: Int) -> Form {
    let across = min(columns, count)
    let rows = (count + across - 1) / across
    let below = SheetCaptions(captions, pictureHeight: height * scale)
    let cell = (
      width: max(width * scale, below.width) + padding, height: height * scale + below.height + padding
    )
    let margins = SheetMargins(labels, across: across, rows: rows, cell: cell)
    return Form(
      across: across, rows: rows, cell: cell, margins: margins, captions: below,
      width: margins.left + across * cell.width + padding,
      height: margins.top + rows * cell.height + padding)
  }

  private struct Form {
    var across: Int
    var rows: Int
    /// A picture with its caption and its padding on one side.
    var cell: (width: Int, height: Int)
    var margins: SheetMargins
    var captions: SheetCaptions
    var width: Int
    var height: Int
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
