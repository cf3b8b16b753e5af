import Cluster
import Drawing
import Tensors
import Wording

/// A sheet of pictures, each above the same without some maps.
struct DropSheet {
  /// Pictures of one kind.
  struct Block {
    var seeds: [UInt64]
    /// Where each shows the object; nil: not known, or nowhere.
    var masks: [PictureMask?]
  }

  /// What the pictures of a seed are, from the top.
  let names: [String]
  /// What stands above the sheet.
  let title: [String]
  /// Whether the upper pictures have a line around the object.
  let outlines: Bool
  /// Each pixel becomes a square of scale x scale pixels.
  let scale: Int

  /// The most pictures side by side.
  private static let columns = 12

  /// Checks that the sheet is not too large.
  /// - Throws: `RunError` with code 64.
  static func check(_ request: DropRequest, _ form: PictureShape) throws {
    // Each picture is there at most four times.
    let rows = 4 * (request.shown + columns - 1) / columns
    let pixels = rows * columns * form.pixels * request.scale * request.scale
    guard pixels <= Sheet.mostPixels else {
      throw RunError(
        "a sheet of \(counted(request.shown, "picture")) of \(form) with and without the maps is too large: take a smaller "
          + "--drop-shown or --scale", code: RunExit.usage)
    }
  }

  /// Draws blocks below each other.
  /// - Parameter blocks: each with the pictures of its seeds, for each name.
  func draw(_ blocks: [(block: Block, pictures: [SheetPictures])]) -> Raster {
    let columns = min(Self.columns, blocks.map(\.block.seeds.count).max() ?? 1)
    var tiles: [Raster] = []
    var captions: [String] = []
    var rows: [String] = []
    let form = blocks[0].pictures[0]
    let empty = Raster(
      width: form.width * scale, height: form.height * scale, channels: form.channels, fill: .white)
    for (block, pictures) in blocks {
      for first in stride(from: 0, to: block.seeds.count, by: columns) {
        for (number, name) in names.enumerated() {
          rows.append(name)
          for place in first..<first + columns {
            guard place < block.seeds.count else {
              tiles.append(empty)
              captions.append("")
              continue
            }
            var tile = pictures[number][place].enlarged(by: scale)
            if number == 0, outlines, let mask = block.masks[place] { outline(mask, on: &tile) }
            tiles.append(tile)
            captions.append(number == names.count - 1 ? "\(block.seeds[place])" : "")
          }
        }
      }
    }
    let all = SheetPictures(
      count: tiles.count, height: empty.height, width: empty.width, channels: empty.channels,
      bytes: tiles.flatMap(\.bytes))
    return Sheet(
      columns: columns, paddingValue: 1, labels: SheetLabels(title: title, rows: rows), captions: captions
    ).draw(all)
  }

  /// Draws a line between the pixels of a mask and the others.
  private func outline(_ mask: PictureMask, on tile: inout Raster) {
    func point(_ x: Int, _ y: Int) -> Point { Point(Float(x * scale), Float(y * scale)) }
    var lines: [[Point]] = []
    for row in 0..<mask.height {
      for column in 0..<mask.width where mask.has(row, column) {
        if !mask.has(row - 1, column) { lines.append([point(column, row), point(column + 1, row)]) }
        if !mask.has(row + 1, column) { lines.append([point(column, row + 1), point(column + 1, row + 1)]) }
        if !mask.has(row, column - 1) { lines.append([point(column, row), point(column, row + 1)]) }
        if !mask.has(row, column + 1) { lines.append([point(column + 1, row), point(column + 1, row + 1)]) }
      }
    }
    tile.stroke(lines, width: 1.5, Colour(0xFF2D2D))
  }
}
