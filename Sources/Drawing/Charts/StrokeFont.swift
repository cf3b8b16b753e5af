/// Text in pictures: a font of pen strokes, drawn anti-aliased at any size. Its shapes are in `StrokeGlyph`.
package enum StrokeFont {
  /// Which part of a text lies at the given point.
  package enum Anchor: Sendable {
    /// The start of the text.
    case start
    /// The middle of the text.
    case middle
    /// The end of the text.
    case end
  }

  /// The width of a text in pixels, with the room before its first and after its last letter.
  /// - Parameter height: the height of capital letters, in pixels.
  package static func width(of text: String, height: Float) -> Float {
    text.reduce(0) { $0 + advance(glyph($1)) } * height / capitals
  }

  /// Whether the font has every character of a text.
  package static func has(_ text: String) -> Bool { text.allSatisfy { StrokeGlyph.all[$0] != nil } }

  /// A text that is at most `width` pixels wide: `text` itself, or its beginning and two points.
  /// - Parameter height: the height of capital letters, in pixels.
  static func shortened(_ text: String, to width: Float, height: Float) -> String {
    guard Self.width(of: text, height: height) > width else { return text }
    var beginning = text
    while !beginning.isEmpty, Self.width(of: beginning + "..", height: height) > width {
      beginning.removeLast()
    }
    return beginning + ".."
  }

  /// Draws one line of text.
  ///
  /// The baseline and the tops of small and capital letters are moved to whole pixels, so that small text is sharp.
  /// A character that is not printable ASCII is drawn as an empty box.
  /// - Parameters:
  ///   - point: the place on the baseline of the text's start, middle or end, as `anchor` says.
  ///   - height: the height of capital letters, in pixels; the width of the pen grows with it.
  ///   - weight: the width of the pen: 1 is regular, 1.5 is bold.
  ///   - upwards: whether the text is turned left by 90 degrees, so that it reads from bottom to top.
  package static func draw(
    _ text: String, at point: Point, height: Float, colour: Colour, weight: Float = 1,
    anchor: Anchor = .start,
    upwards: Bool = false, into picture: inout Raster
  ) {
    let scale = height / capitals
    let pen = max(1, height * 0.12) * weight
    let length = width(of: text, height: height)
    let shift: Float =
      switch anchor {
      case .start: 0
      case .middle: -length / 2
      case .end: -length
      }
    let origin =
      upwards
      ? Point(middle(of: point.x), middle(of: point.y - shift))
      : Point(middle(of: point.x + shift), middle(of: point.y))
    let grid = VerticalGrid(scale: scale)
    var x: Float = 0
    for character in text {
      let glyph = glyph(character)
      let left = (x + glyph.before * scale).rounded()
      func place(_ p: Point) -> Point {
        let (right, up) = (left + p.x * scale, grid.height(p.y))
        return upwards ? Point(origin.x - up, origin.y - right) : Point(origin.x + right, origin.y - up)
      }
      let strokes = StrokePath(glyph.path, steps: max(5, min(32, Int(height / 3))))
      picture.stroke(strokes.lines.map { $0.map(place) }, width: pen, colour)
      picture.stroke(strokes.dots.map { [place($0)] }, width: max(1.6, pen * 1.3), colour)
      x += advance(glyph) * scale
    }
  }

  /// The height of capital letters in the units of ``StrokeGlyph``.
  static let capitals: Float = 70

  private static func glyph(_ character: Character) -> StrokeGlyph { StrokeGlyph.all[character] ?? .missing }

  private static func advance(_ glyph: StrokeGlyph) -> Float { glyph.before + glyph.width + glyph.after }

  /// The nearest middle of a pixel.
  private static func middle(of value: Float) -> Float { (value - 0.5).rounded() + 0.5 }
}

/// Maps heights of the font to pixels: the heights that letters share to whole pixels, heights between them in
/// proportion.
private struct VerticalGrid {
  private let knots: [(unit: Float, pixels: Float)]
  private let scale: Float

  init(scale: Float) {
    self.scale = scale
    knots = [-20, 0, 50, 70].map { ($0, ($0 * scale).rounded()) }
  }

  func height(_ unit: Float) -> Float {
    for index in 1..<knots.count where unit <= knots[index].unit && unit >= knots[index - 1].unit {
      let (low, high) = (knots[index - 1], knots[index])
      return low.pixels + (unit - low.unit) * (high.pixels - low.pixels) / (high.unit - low.unit)
    }
    let nearest = unit < 0 ? knots[0] : knots[knots.count - 1]
    return nearest.pixels + (unit - nearest.unit) * scale
  }
}

/// A glyph's path as lines and dots.
private struct StrokePath {
  private(set) var lines: [[Point]] = []
  private(set) var dots: [Point] = []

  /// - Parameter steps: the straight pieces of each curve.
  init(_ path: String, steps: Int) {
    var words = path.split(separator: " ")[...]
    func number() -> Float {
      guard let word = words.popFirst(), let value = Float(word) else {
        preconditionFailure("a glyph's path is not well formed: \(path)")
      }
      return value
    }
    func point() -> Point {
      let x = number()
      return Point(x, number())
    }
    // The control points of a quarter of an ellipse lie at this share of the way to its corner.
    let round: Float = 0.5523
    while let command = words.popFirst() {
      switch command {
      case "M": lines.append([point()])
      case "D": dots.append(point())
      case "L": lines[lines.count - 1].append(point())
      case "C": curve(point(), point(), point(), steps)
      case "h":
        let (from, to) = (current, point())
        curve(
          Point(from.x + (to.x - from.x) * round, from.y), Point(to.x, to.y + (from.y - to.y) * round), to,
          steps)
      case "v":
        let (from, to) = (current, point())
        curve(
          Point(from.x, from.y + (to.y - from.y) * round), Point(to.x + (from.x - to.x) * round, to.y), to,
          steps)
      default: preconditionFailure("a glyph's path has an unknown command: \(path)")
      }
    }
  }

  private var current: Point { lines[lines.count - 1][lines[lines.count - 1].count - 1] }

  private mutating func curve(_ b: Point, _ c: Point, _ d: Point, _ steps: Int) {
    let a = current
    for step in 1...steps {
      let t = Float(step) / Float(steps)
      let u = 1 - t
      let (wa, wb, wc, wd) = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
      lines[lines.count - 1].append(
        Point(wa * a.x + wb * b.x + wc * c.x + wd * d.x, wa * a.y + wb * b.y + wc * c.y + wd * d.y))
    }
  }
}
