import Drawing
import Tensors

/// Which pixels of a picture show an object.
struct PictureMask: Equatable, Sendable {
  let height: Int
  let width: Int
  /// [height][width]
  private(set) var pixels: [Bool]

  /// A mask of these pixels, row by row.
  init(height: Int, width: Int, pixels: [Bool]) {
    precondition(pixels.count == height * width, "a mask has each pixel of its picture")
    self.height = height
    self.width = width
    self.pixels = pixels
  }

  /// The mask of the cells of a grid over a picture; a pixel is in the cell in which its middle lies.
  init(_ cells: [Bool], of grid: Grid, height: Int, width: Int) {
    self.init(
      height: height, width: width,
      pixels: (0..<height * width).map { pixel in
        let (row, column) = pixel.quotientAndRemainder(dividingBy: width)
        return cells[grid.cell(Grid(rows: height, columns: width), row, column)]
      })
  }

  /// The mask of boxes, in pixels.
  init(boxes: [PixelRect], height: Int, width: Int) {
    self.init(height: height, width: width, pixels: Array(repeating: false, count: height * width))
    for box in boxes {
      for row in box.y..<box.y + box.height {
        for column in box.x..<box.x + box.width { pixels[row * width + column] = true }
      }
    }
  }

  /// How many pixels show the object.
  var count: Int { pixels.count(where: \.self) }

  /// The cells of a grid of which the mask has at least half.
  func cells(of grid: Grid) -> [Bool] {
    (0..<grid.count).map { cell in
      let (row, column) = cell.quotientAndRemainder(dividingBy: grid.columns)
      let rows = Grid.span(row, of: grid.rows, over: height)
      let columns = Grid.span(column, of: grid.columns, over: width)
      var held = 0
      for y in rows { for x in columns where pixels[y * width + x] { held += 1 } }
      return 2 * held >= rows.count * columns.count && held > 0
    }
  }

  /// The mask with all pixels that are at most `reach` rows and columns from one of it.
  func grown(by reach: Int) -> PictureMask {
    var grown = self
    for pixel in pixels.indices where pixels[pixel] {
      let (row, column) = pixel.quotientAndRemainder(dividingBy: width)
      for y in max(0, row - reach)...min(height - 1, row + reach) {
        for x in max(0, column - reach)...min(width - 1, column + reach) {
          grown.pixels[y * width + x] = true
        }
      }
    }
    return grown
  }

  /// Whether a pixel is in the mask; none outside the picture is.
  func has(_ row: Int, _ column: Int) -> Bool {
    (0..<height).contains(row) && (0..<width).contains(column) && pixels[row * width + column]
  }
}

/// A grid of cells over a picture.
struct Grid: Equatable, Sendable {
  var rows: Int
  var columns: Int

  /// How many cells.
  var count: Int { rows * columns }

  /// The grid of a convolution's maps: a cell for each position.
  init(_ shape: PictureShape) { self.init(rows: shape.height, columns: shape.width) }

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// The cell in which the middle of a cell of `finer` lies.
  func cell(_ finer: Grid, _ row: Int, _ column: Int) -> Int {
    (2 * row + 1) * rows / (2 * finer.rows) * columns + (2 * column + 1) * columns / (2 * finer.columns)
  }

  /// The pixels that cell `index` of `cells` touches along an edge of `length` pixels.
  static func span(_ index: Int, of cells: Int, over length: Int) -> Range<Int> {
    index * length / cells..<((index + 1) * length + cells - 1) / cells
  }
}
