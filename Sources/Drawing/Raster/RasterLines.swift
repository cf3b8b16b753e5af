/// A point of a picture, in pixels. The middle of the upper left pixel is (0.5, 0.5).
package struct Point: Equatable, Sendable {
  /// Grows to the right.
  package var x: Float
  /// Grows down.
  package var y: Float

  /// A point from its coordinates.
  package init(_ x: Float, _ y: Float) {
    self.x = x
    self.y = y
  }
}

/// A rectangle of whole pixels.
package struct PixelRect: Codable, Equatable, Sendable {
  /// The column of its leftmost pixels.
  package var x: Int
  /// The row of its topmost pixels.
  package var y: Int
  /// Pixels in a row.
  package var width: Int
  /// The number of rows.
  package var height: Int

  /// A rectangle from its upper left corner and size.
  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

extension Raster {
  /// Draws lines through points, anti-aliased, with round ends and joints. Where lines cross or meet, a translucent
  /// colour is painted only once.
  /// - Parameters:
  ///   - lines: the points of each line; a line of one point is a dot. Points that are not finite are skipped.
  ///   - width: the width of the lines in pixels; below 1 they get fainter instead of thinner.
  ///   - opacity: 0 (invisible) to 1 (opaque).
  ///   - clip: the rectangle to which drawing is limited; nil is the whole picture.
  package mutating func stroke(
    _ lines: [[Point]], width: Float, _ colour: Colour, opacity: Float = 1, clip: PixelRect? = nil
  ) {
    let radius = max(0.5, width / 2)
    let strength = opacity * min(1, width)
    guard let area = touched(lines, radius: radius, clip: clip) else { return }
    var mask = CoverageMask(area: area)
    for line in lines {
      let points = line.filter { $0.x.isFinite && $0.y.isFinite }
      if points.count == 1 { mask.add(points[0], points[0], radius: radius) }
      for index in points.indices.dropFirst() { mask.add(points[index - 1], points[index], radius: radius) }
    }
    for row in 0..<area.height {
      for column in 0..<area.width {
        let coverage = mask.values[row * area.width + column]
        if coverage > 0 { blend(area.x + column, area.y + row, colour, coverage * strength) }
      }
    }
  }

  /// The pixels that lines may touch, inside the picture and the clip; nil if there are none.
  private func touched(_ lines: [[Point]], radius: Float, clip: PixelRect?) -> PixelRect? {
    var (left, top, right, bottom) = (Float.infinity, Float.infinity, -Float.infinity, -Float.infinity)
    for line in lines {
      for point in line where point.x.isFinite && point.y.isFinite {
        left = min(left, point.x)
        right = max(right, point.x)
        top = min(top, point.y)
        bottom = max(bottom, point.y)
      }
    }
    guard left <= right else { return nil }
    let clip = clip ?? PixelRect(x: 0, y: 0, width: width, height: height)
    func whole(_ value: Float) -> Int { Int(min(1e6, max(-1e6, value))) }
    let x = max(0, clip.x, whole((left - radius - 1).rounded(.down)))
    let y = max(0, clip.y, whole((top - radius - 1).rounded(.down)))
    let endX = min(width, clip.x + clip.width, whole((right + radius + 1).rounded(.up)))
    let endY = min(height, clip.y + clip.height, whole((bottom + radius + 1).rounded(.up)))
    return x < endX && y < endY ? PixelRect(x: x, y: y, width: endX - x, height: endY - y) : nil
  }
}

/// For each pixel of an area, the share that lines cover, 0 to 1. Of several lines, the largest share counts.
struct CoverageMask {
  let area: PixelRect
  var values: [Float]

  init(area: PixelRect) {
    self.area = area
    values = [Float](repeating: 0, count: area.width * area.height)
  }

  /// Adds the line from `a` to `b`. The coverage of a pixel follows from how far its middle lies inside the line's
  /// edge.
  mutating func add(_ a: Point, _ b: Point, radius: Float) {
    let reach = radius + 0.5
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let lengthSquared = dx * dx + dy * dy
    let scale = lengthSquared > 0 ? 1 / lengthSquared : 0
    let rows = span(min(a.y, b.y) - reach, max(a.y, b.y) + reach, from: area.y, count: area.height)
    // In each row only the part near the line is visited: the place where the line crosses the row, and half the
    // line's horizontal width on both sides, which is large for a flat line.
    let steep = abs(dy) > 1e-3
    let half = steep ? reach * (lengthSquared.squareRoot() / abs(dy)) : .infinity
    for row in rows {
      let y = Float(area.y + row) + 0.5
      var (low, high) = (min(a.x, b.x) - reach, max(a.x, b.x) + reach)
      if steep {
        let middle = a.x + (y - a.y) * (dx / dy)
        low = max(low, middle - half)
        high = min(high, middle + half)
      }
      for column in span(low, high, from: area.x, count: area.width) {
        let (px, py) = (Float(area.x + column) + 0.5 - a.x, y - a.y)
        let t = min(1, max(0, (px * dx + py * dy) * scale))
        let (ex, ey) = (px - t * dx, py - t * dy)
        let distanceSquared = ex * ex + ey * ey
        guard distanceSquared < reach * reach else { continue }
        let coverage = min(1, reach - distanceSquared.squareRoot())
        let at = row * area.width + column
        if coverage > values[at] { values[at] = coverage }
      }
    }
  }

  /// The pixels along one axis whose middles may lie between `low` and `high`, counted from the area's edge.
  private func span(_ low: Float, _ high: Float, from edge: Int, count: Int) -> Range<Int> {
    let first = max(0, Int(max(-1e6, min(1e6, low - 0.5)).rounded(.down)) - edge)
    let end = min(count, Int(max(-1e6, min(1e6, high - 0.5)).rounded(.up)) + 1 - edge)
    return first..<max(first, end)
  }
}
