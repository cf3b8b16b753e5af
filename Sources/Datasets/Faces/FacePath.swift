/// A point of a picture; x to the right, y down.
struct Point {
  var x: Float
  var y: Float

  init(_ x: Float, _ y: Float) {
    self.x = x
    self.y = y
  }

  static func + (a: Point, b: Point) -> Point { Point(a.x + b.x, a.y + b.y) }
  static func - (a: Point, b: Point) -> Point { Point(a.x - b.x, a.y - b.y) }
  static func * (a: Point, s: Float) -> Point { Point(a.x * s, a.y * s) }
}

/// An affine map of points: turning, scaling and shifting.
struct Placement {
  var a: Float = 1
  var b: Float = 0
  var c: Float = 0
  var d: Float = 1
  var shift = Point(0, 0)

  func callAsFunction(_ p: Point) -> Point {
    Point(a * p.x + c * p.y + shift.x, b * p.x + d * p.y + shift.y)
  }

  /// A turn about `centre` by the angle whose half has the tangent `t`. This form needs no sine or cosine of the C
  /// library, whose last bit differs from machine to machine.
  static func turn(halfTangent t: Float, about centre: Point) -> Placement {
    let cosine = (1 - t * t) / (1 + t * t)
    let sine = 2 * t / (1 + t * t)
    var turn = Placement(a: cosine, b: sine, c: -sine, d: cosine)
    turn.shift = centre - turn(centre)
    return turn
  }

  /// Scaling by (x, y) about the origin, then a shift.
  static func scale(_ x: Float, _ y: Float, shift: Point = Point(0, 0)) -> Placement {
    Placement(a: x, d: y, shift: shift)
  }

  /// First `self`, then `next`.
  func then(_ next: Placement) -> Placement {
    let column1 = next(Point(a, b)) - next.shift
    let column2 = next(Point(c, d)) - next.shift
    return Placement(a: column1.x, b: column1.y, c: column2.x, d: column2.y, shift: next(shift))
  }
}

/// An outline of straight pieces; a curve is cut into pieces when it is added.
struct FacePath {
  /// The corners of each closed loop (or open line, for strokes).
  private(set) var loops: [[Point]] = []
  private static let pieces = 10

  init() {}

  /// Starts a loop at `start` and lets `body` add to it.
  init(from start: Point, _ body: (inout FacePath) -> Void) {
    move(start)
    body(&self)
  }

  mutating func move(_ p: Point) { loops.append([p]) }

  mutating func line(_ p: Point) { loops[loops.count - 1].append(p) }

  /// A quadratic Bezier curve from the last point.
  mutating func curve(_ control: Point, _ end: Point) {
    let start = last
    for i in 1...Self.pieces {
      let t = Float(i) / Float(Self.pieces)
      let u = 1 - t
      line(start * (u * u) + control * (2 * u * t) + end * (t * t))
    }
  }

  /// A cubic Bezier curve from the last point.
  mutating func curve(_ control1: Point, _ control2: Point, _ end: Point) {
    let start = last
    for i in 1...Self.pieces {
      let t = Float(i) / Float(Self.pieces)
      let u = 1 - t
      line(start * (u * u * u) + control1 * (3 * u * u * t) + control2 * (3 * u * t * t) + end * (t * t * t))
    }
  }

  private var last: Point { loops[loops.count - 1][loops[loops.count - 1].count - 1] }

  /// Adds an ellipse.
  mutating func addEllipse(_ centre: Point, _ radiusX: Float, _ radiusY: Float) {
    // Four cubic arcs; with 0.5523 they differ from a circle by less than 0.03%.
    let k: Float = 0.5523
    let kx = radiusX * k
    let ky = radiusY * k
    move(Point(centre.x + radiusX, centre.y))
    curve(
      Point(centre.x + radiusX, centre.y + ky), Point(centre.x + kx, centre.y + radiusY),
      Point(centre.x, centre.y + radiusY))
    curve(
      Point(centre.x - kx, centre.y + radiusY), Point(centre.x - radiusX, centre.y + ky),
      Point(centre.x - radiusX, centre.y))
    curve(
      Point(centre.x - radiusX, centre.y - ky), Point(centre.x - kx, centre.y - radiusY),
      Point(centre.x, centre.y - radiusY))
    curve(
      Point(centre.x + kx, centre.y - radiusY), Point(centre.x + radiusX, centre.y - ky),
      Point(centre.x + radiusX, centre.y))
  }

  static func ellipse(_ centre: Point, _ radiusX: Float, _ radiusY: Float) -> FacePath {
    var path = FacePath()
    path.addEllipse(centre, radiusX, radiusY)
    return path
  }

  /// The path with the mirror image of every loop on the other side of x = 0: for parts that come in pairs.
  func withMirrorImage() -> FacePath {
    var path = self
    // Reversed, so that a loop and its image run in the same direction.
    path.loops += loops.map { $0.reversed().map { Point(-$0.x, $0.y) } }
    return path
  }

  /// A loop that runs down one side and, mirrored at x = 0, up the other.
  func closedByMirroring() -> FacePath {
    var path = FacePath()
    path.loops = loops.map { $0 + $0.reversed().map { Point(-$0.x, $0.y) } }
    return path
  }

  /// The outline of lines of the given width along the loops; `closed` joins their ends.
  ///
  /// Neighbouring pieces share their corners, which lie on the bisectors, so there is no overlap and no gap.
  func outlined(width: Float, closed: Bool) -> FacePath {
    var outline = FacePath()
    for loop in loops {
      var points: [Point] = []
      for p in loop where points.last.map({ Self.distance($0, p) > 1e-4 }) ?? true { points.append(p) }
      if closed, points.count > 1, Self.distance(points[0], points[points.count - 1]) <= 1e-4 {
        points.removeLast()
      }
      let count = points.count
      guard count > 1 else { continue }
      let corners = (0..<count).map { i in
        let before = closed ? points[(i + count - 1) % count] : points[max(0, i - 1)]
        let after = closed ? points[(i + 1) % count] : points[min(count - 1, i + 1)]
        return Self.aside(before, points[i], after) * (width / 2)
      }
      for i in 0..<(closed ? count : count - 1) {
        let next = (i + 1) % count
        outline.loops.append([
          points[i] + corners[i], points[next] + corners[next], points[next] - corners[next],
          points[i] - corners[i],
        ])
      }
    }
    return outline
  }

  private static func distance(_ a: Point, _ b: Point) -> Float {
    let d = b - a
    return (d.x * d.x + d.y * d.y).squareRoot()
  }

  /// The vector from the corner `p` to the side of a line of half width 1; at most 1.6 long, however sharp the
  /// corner is.
  private static func aside(_ before: Point, _ p: Point, _ after: Point) -> Point {
    let lengthIn = distance(before, p)
    let lengthOut = distance(p, after)
    let into = lengthIn > 0 ? (p - before) * (1 / lengthIn) : (after - p) * (1 / lengthOut)
    let out = lengthOut > 0 ? (after - p) * (1 / lengthOut) : into
    let sum = into + out
    let length = (sum.x * sum.x + sum.y * sum.y).squareRoot()
    guard length > 0.05 else { return Point(-into.y, into.x) }
    // |into + out| is twice the cosine of half the turn, and the mitre's length is one over that cosine.
    let mitre = min(1.6, 2 / length)
    return Point(-sum.y, sum.x) * (mitre / length)
  }

  func placed(_ placement: Placement) -> FacePath {
    var path = FacePath()
    path.loops = loops.map { $0.map { placement($0) } }
    return path
  }
}
