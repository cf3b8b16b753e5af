/// The measures of the text below the pictures of a sheet.
struct SheetCaptions {
  /// The width of the widest text, with the room around it, in pixels.
  let width: Int
  /// The height of the strip below each picture, in pixels; 0 without text.
  let height: Int
  private let text: Float

  /// - Parameters:
  ///   - captions: the text of each picture.
  ///   - pictureHeight: the height of a picture, in pixels. Small pictures have small text, but none that cannot be read.
  init(_ captions: [String], pictureHeight: Int) {
    let text = min(11, max(7, Float(pictureHeight) / 8)).rounded()
    let widest = captions.map { StrokeFont.width(of: $0, height: text) }.max()
    self.text = text
    width = widest.map { Int(($0 + text / 2).rounded(.up)) } ?? 0
    height = widest == nil ? 0 : Int((text * 1.7).rounded(.up))
  }

  /// Writes one text.
  /// - Parameter edge: the middle of the picture's lower edge, in pixels of the sheet.
  func draw(_ caption: String, under edge: Point, _ ink: Colour, into sheet: inout Raster) {
    StrokeFont.draw(
      caption, at: Point(edge.x, edge.y + text * 1.4), height: text, colour: ink, anchor: .middle,
      into: &sheet)
  }
}
