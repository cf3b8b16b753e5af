/// A square picture into which outlines are filled. A pixel is painted by the exact share of its area that the
/// outline covers.
///
/// Coordinates go from (-1, -1), top left, to (1, 1). Coverage is summed by signed areas: in each pixel that an
/// edge crosses, the edge adds the share of the pixel to its right, and in the next pixel the rest of its height,
/// so that a running sum along a row is the coverage. Only +, -, *, / and square roots are used. Their results are
/// the same to the last bit on every machine, so the bytes of a picture are too.
final class FaceCanvas {
  private let size: Int
  private let stride: Int
  private let sums: UnsafeMutablePointer<Float>
  private let pixels: UnsafeMutablePointer<Float>
  // The rows and columns that the current outline touches.
  private var top = 0
  private var bottom = 0
  private var left = 0
  private var right = 0

  /// Turns, scales and shifts everything drawn after it is set.
  var placement = Placement()

  /// For every pixel, a share of 0 to 1 by which a fill within the mask is weakened.
  final class Mask {
    fileprivate let shares: UnsafeMutablePointer<Float>
    fileprivate init(count: Int) {
      shares = .allocate(capacity: count)
      shares.initialize(repeating: 0, count: count)
    }
    deinit { shares.deallocate() }
  }

  init(size: Int) {
    self.size = size
    stride = size + 2
    sums = .allocate(capacity: stride * size)
    sums.initialize(repeating: 0, count: stride * size)
    pixels = .allocate(capacity: size * size * 3)
    pixels.initialize(repeating: 0, count: size * size * 3)
  }

  deinit {
    sums.deallocate()
    pixels.deallocate()
  }

  /// Fills the outline; an area in which loops overlap is painted once.
  func fill(_ path: FacePath, _ paint: Paint, within mask: Mask? = nil) {
    rasterise(path)
    let start = toPixels(paint.from)
    let end = toPixels(paint.to)
    let along = end - start
    let squared = max(1e-12, along.x * along.x + along.y * along.y)
    for row in top..<max(top, bottom) {
      var running: Float = 0
      let line = sums + row * stride
      for column in left..<min(stride, right + 1) {
        running += line[column]
        line[column] = 0
        guard column < size else { continue }
        var share = min(1, abs(running))
        guard share > 0.002 else { continue }
        let index = row * size + column
        if let mask { share *= mask.shares[index] }
        let pixel = pixels + 3 * index
        var colour = paint.first
        if paint.isFlat {
          share *= paint.firstOpacity
        } else {
          let away = Point(Float(column) + 0.5, Float(row) + 0.5) - start
          let passage: Float
          if paint.isRadial {
            passage = ((away.x * away.x + away.y * away.y) / squared).squareRoot()
          } else {
            passage = (away.x * along.x + away.y * along.y) / squared
          }
          let t = max(0, min(1, passage))
          colour = colour.mixed(paint.second, t)
          share *= paint.firstOpacity + (paint.secondOpacity - paint.firstOpacity) * t
        }
        pixel[0] += (colour.red - pixel[0]) * share
        pixel[1] += (colour.green - pixel[1]) * share
        pixel[2] += (colour.blue - pixel[2]) * share
      }
    }
  }

  /// The share of each pixel that the outline covers, at most that of `outer`.
  func mask(_ path: FacePath, within outer: Mask? = nil) -> Mask {
    let mask = Mask(count: size * size)
    rasterise(path)
    for row in top..<max(top, bottom) {
      var running: Float = 0
      let line = sums + row * stride
      for column in left..<min(stride, right + 1) {
        running += line[column]
        line[column] = 0
        guard column < size else { continue }
        let index = row * size + column
        mask.shares[index] = min(1, abs(running)) * (outer.map { $0.shares[index] } ?? 1)
      }
    }
    return mask
  }

  /// Draws lines of the given width along the loops; `closed` joins their ends.
  func stroke(_ path: FacePath, width: Float, _ paint: Paint, closed: Bool = false, within mask: Mask? = nil)
  {
    fill(path.outlined(width: width, closed: closed), paint, within: mask)
  }

  /// Takes a picture of size x size x channels bytes, HWC, in place of what is drawn.
  func read(_ bytes: UnsafePointer<UInt8>, channels: Int) {
    for i in 0..<3 * size * size { pixels[i] = Float(bytes[channels == 1 ? i / 3 : i]) / 255 }
  }

  /// Writes the picture as size x size x channels bytes, HWC; one channel is the luma of ITU-R BT.601.
  func write(to out: UnsafeMutablePointer<UInt8>, channels: Int) {
    func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value * 255 + 0.5))) }
    if channels == 1 {
      for i in 0..<size * size {
        out[i] = byte(0.299 * pixels[3 * i] + 0.587 * pixels[3 * i + 1] + 0.114 * pixels[3 * i + 2])
      }
    } else {
      for i in 0..<3 * size * size { out[i] = byte(pixels[i]) }
    }
  }

  private func toPixels(_ p: Point) -> Point {
    let q = placement(p)
    let half = Float(size) / 2
    return Point((q.x + 1) * half, (q.y + 1) * half)
  }

  private func rasterise(_ path: FacePath) {
    top = size
    bottom = 0
    left = size
    right = 0
    for loop in path.loops where loop.count > 2 {
      // The sign makes all loops count as if they ran in the same direction.
      let sign: Float =
        loop.indices.reduce(into: Float(0)) { area, i in
          let a = loop[i]
          let b = loop[i + 1 < loop.count ? i + 1 : 0]
          area += a.x * b.y - b.x * a.y
        } < 0 ? -1 : 1
      var previous = toPixels(loop[loop.count - 1])
      for corner in loop {
        let next = toPixels(corner)
        addEdge(previous, next, sign)
        previous = next
      }
    }
    if top >= bottom { left = size }
  }

  /// Adds the signed areas of one edge.
  private func addEdge(_ start: Point, _ end: Point, _ direction: Float) {
    guard start.y != end.y else { return }
    let sign = start.y < end.y ? direction : -direction
    let (upper, lower) = start.y < end.y ? (start, end) : (end, start)
    let limit = Float(size)
    guard lower.y > 0 && upper.y < limit else { return }
    let slope = (lower.x - upper.x) / (lower.y - upper.y)
    let firstRow = max(0, Int(upper.y))
    let lastRow = min(size - 1, Int(lower.y))
    top = min(top, firstRow)
    bottom = max(bottom, lastRow + 1)
    for row in firstRow...lastRow {
      let yLow = max(upper.y, Float(row))
      let yHigh = min(lower.y, Float(row + 1))
      guard yHigh > yLow else { continue }
      // A part of the edge beyond a side of the picture counts as running along that side.
      let xa = max(0, min(limit, upper.x + (yLow - upper.y) * slope))
      let xb = max(0, min(limit, upper.x + (yHigh - upper.y) * slope))
      let height = (yHigh - yLow) * sign
      let x0 = min(xa, xb)
      let x1 = max(xa, xb)
      let firstColumn = Int(x0)
      let lastColumn = Int(x1)
      left = min(left, firstColumn)
      right = max(right, lastColumn + 1)
      let line = sums + row * stride
      if firstColumn == lastColumn {
        let share = (x0 + x1) * 0.5 - Float(firstColumn)
        line[firstColumn] += height * (1 - share)
        line[firstColumn + 1] += height * share
        continue
      }
      let perColumn = height / (x1 - x0)
      for column in firstColumn...lastColumn {
        let from = max(x0, Float(column))
        let to = min(x1, Float(column + 1))
        let part = (to - from) * perColumn
        let share = (from + to) * 0.5 - Float(column)
        line[column] += part * (1 - share)
        line[column + 1] += part * share
      }
    }
  }
}
