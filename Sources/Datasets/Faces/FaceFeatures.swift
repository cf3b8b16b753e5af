extension FaceDrawing {
  private static let eyeHeight: Float = 0.15

  /// Draws cheeks, nose, mouth and eyes.
  /// - Parameter face: the mask of the face.
  func drawFeatures(_ face: FaceCanvas.Mask) {
    let turn = traits.turn
    let blush = Colour(0xFF6E76)
    for side in [Float(-1), 1] {
      let cheek = Point(side * 0.33 + turn, 0.385)
      var paint = Paint(blush, blush, centre: cheek, radius: 0.15, outerOpacity: 0)
      paint.firstOpacity = 0.15 + 0.5 * traits.blush
      canvas.fill(.ellipse(cheek, 0.15, 0.1), paint, within: face)
      if traits.blush > 0.75 {
        for i in 0..<3 {
          let x = cheek.x - 0.05 + Float(i) * 0.05
          canvas.stroke(
            FacePath(from: Point(x + 0.016, 0.365)) { $0.line(Point(x - 0.016, 0.415)) }, width: 0.02,
            Paint(blush.darker(0.15), opacity: 0.6))
        }
      }
    }
    let nose = FacePath(from: Point(turn * 1.5 - 0.012, 0.35)) {
      $0.line(Point(turn * 1.5 + 0.028, 0.39))
      $0.line(Point(turn * 1.5 - 0.014, 0.4))
    }
    canvas.fill(nose, Paint(skinShade.darker(0.25)))
    drawMouth(Point(turn * 1.2, 0.5))
    for side in [Float(-1), 1] { drawEye(side) }
  }

  private func drawMouth(_ m: Point) {
    let line = Paint(Colour(0x7A2E34).mixed(skinShade, 0.15))
    let inside = Paint(Colour(0x9A2F3C))
    let tongue = Paint(Colour(0xF08A8C))
    func arc(_ halfWidth: Float, _ drop: Float) -> FacePath {
      FacePath(from: Point(m.x - halfWidth, m.y)) {
        $0.curve(Point(m.x, m.y + drop), Point(m.x + halfWidth, m.y))
      }
    }
    switch traits.mouth {
    case .smile:
      canvas.stroke(arc(0.1, 0.08), width: 0.03, line)
    case .line:
      canvas.stroke(arc(0.06, 0.01), width: 0.03, line)
    case .pout:
      canvas.fill(.ellipse(m + Point(0, 0.012), 0.04, 0.048), inside)
      canvas.stroke(.ellipse(m + Point(0, 0.012), 0.04, 0.048), width: 0.018, line, closed: true)
    case .cat:
      let cat = FacePath(from: Point(m.x - 0.11, m.y - 0.01)) {
        $0.curve(Point(m.x - 0.06, m.y + 0.07), Point(m.x, m.y))
        $0.curve(Point(m.x + 0.06, m.y + 0.07), Point(m.x + 0.11, m.y - 0.01))
      }
      canvas.stroke(cat, width: 0.028, line)
    case .open, .grin:
      let wide: Float = traits.mouth == .grin ? 0.13 : 0.1
      let deep: Float = traits.mouth == .grin ? 0.16 : 0.2
      let lips = FacePath(from: Point(m.x - wide, m.y - 0.02)) {
        $0.curve(Point(m.x, m.y + 0.005), Point(m.x + wide, m.y - 0.02))
        $0.curve(
          Point(m.x + wide * 0.75, m.y + deep * 0.72), Point(m.x - wide * 0.75, m.y + deep * 0.72),
          Point(m.x - wide, m.y - 0.02))
      }
      canvas.fill(lips, inside)
      let mask = canvas.mask(lips)
      if traits.mouth == .grin {
        let teeth = FacePath(from: Point(m.x - wide, m.y - 0.04)) {
          $0.line(Point(m.x + wide, m.y - 0.04))
          $0.curve(Point(m.x, m.y + 0.075), Point(m.x - wide, m.y - 0.04))
        }
        canvas.fill(teeth, Paint(Colour(1, 1, 1)), within: mask)
      } else {
        canvas.fill(.ellipse(Point(m.x, m.y + deep * 0.58), wide * 0.6, deep * 0.24), tongue, within: mask)
      }
      canvas.stroke(lips, width: 0.02, line, closed: true)
    }
  }

  /// The bounds of an eye: its half width, the heights above and below its middle, and the y of its inner and outer
  /// corners.
  private struct Lids {
    var width: Float
    var up: Float
    var down: Float
    var inner: Float
    var outer: Float
  }

  private var lids: Lids {
    var lids =
      switch traits.eyeShape {
      case .round: Lids(width: 0.15, up: 0.17, down: 0.15, inner: 0.02, outer: 0.02)
      case .tall: Lids(width: 0.135, up: 0.2, down: 0.17, inner: 0.03, outer: 0.01)
      case .almond: Lids(width: 0.165, up: 0.155, down: 0.13, inner: 0.05, outer: -0.045)
      case .drooping: Lids(width: 0.16, up: 0.155, down: 0.135, inner: -0.02, outer: 0.06)
      case .narrow: Lids(width: 0.165, up: 0.115, down: 0.115, inner: 0.025, outer: 0)
      }
    lids.width *= traits.eyeSize
    lids.up *= traits.eyeSize
    lids.down *= traits.eyeSize
    return lids
  }

  /// Draws the eye on one side (-1 left, 1 right). The coordinates are those of the right eye; `at` mirrors them.
  private func drawEye(_ side: Float) {
    let lids = lids
    let centre = Point(side * traits.eyeDistance + traits.turn, Self.eyeHeight)
    func at(_ x: Float, _ y: Float) -> Point { Point(centre.x + side * x, centre.y + y) }
    let inner = at(-lids.width, lids.inner)
    let outer = at(lids.width, lids.outer)
    let upper1 = at(-lids.width * 0.75, lids.inner * 0.4 - lids.up * 1.28)
    let upper2 = at(lids.width * 0.62, lids.outer * 0.4 - lids.up * 1.36)
    let eye = FacePath(from: inner) {
      $0.curve(upper1, upper2, outer)
      $0.curve(at(lids.width * 0.8, lids.down * 1.2), at(-lids.width * 0.7, lids.down * 1.2), inner)
    }
    canvas.fill(eye, Paint(Colour(0xFFFFFF)))
    let white = canvas.mask(eye)

    // The iris looks the same way in both eyes.
    let colour = FacePalette.eyes[traits.eyeColour].colour
    let iris = Point(centre.x + traits.gaze.x - side * 0.008, centre.y + traits.gaze.y + 0.005)
    let radiusX = min(lids.width * 0.72, 0.115 * traits.eyeSize)
    let radiusY = max(radiusX * 1.02, min(lids.up, 0.165))
    let disc = FacePath.ellipse(iris, radiusX, radiusY)
    canvas.fill(
      disc,
      Paint(
        colour.darker(0.5), colour.lighter(0.3), from: Point(iris.x, iris.y - radiusY * 0.9),
        to: Point(iris.x, iris.y + radiusY * 0.95)), within: white)
    canvas.stroke(disc, width: 0.02, Paint(colour.darker(0.62), opacity: 0.85), closed: true, within: white)
    canvas.fill(
      .ellipse(Point(iris.x, iris.y - radiusY * 0.08), radiusX * 0.42, radiusY * 0.45),
      Paint(colour.darker(0.8)),
      within: white)
    // The upper lid's shadow, on white and iris alike.
    let shadow = FacePath(from: inner) {
      $0.curve(upper1, upper2, outer)
      $0.curve(upper2 + Point(0, 0.075), upper1 + Point(0, 0.075), inner)
    }
    canvas.fill(shadow, Paint(Colour(0x3A2A50), opacity: 0.4), within: white)
    let light = Paint(Colour(1, 1, 1), opacity: 0.96)
    canvas.fill(
      .ellipse(Point(iris.x - radiusX * 0.36, iris.y - radiusY * 0.42), radiusX * 0.36, radiusY * 0.3), light)
    canvas.fill(
      .ellipse(Point(iris.x + radiusX * 0.36, iris.y + radiusY * 0.45), radiusX * 0.2, radiusY * 0.16),
      Paint(Colour(1, 1, 1), opacity: 0.8), within: white)

    drawLashes(inner: inner, upper1: upper1, upper2: upper2, outer: outer, side: side, lids: lids, at: at)
  }

  private func drawLashes(
    inner: Point, upper1: Point, upper2: Point, outer: Point, side: Float, lids: Lids,
    at: (Float, Float) -> Point
  ) {
    let dark = outline.mixed(Colour(0x2A1C28), 0.7)
    let thick: Float = 0.06
    let lash = FacePath(from: inner + Point(side * -0.01, 0.01)) {
      $0.curve(upper1 + Point(0, 0.008), upper2 + Point(0, 0.012), outer)
      $0.line(outer + Point(side * 0.045, -0.035))
      $0.curve(
        upper2 + Point(side * 0.03, -thick), upper1 + Point(0, -thick * 0.8),
        inner + Point(side * -0.01, -0.005))
    }
    canvas.fill(lash, Paint(dark))
    // Lower lashes at the outer half, and the fold over the eye.
    let lower = FacePath(from: at(lids.width * 0.1, lids.down * 0.93)) {
      $0.curve(at(lids.width * 0.7, lids.down * 0.95), at(lids.width * 0.97, lids.outer + lids.down * 0.25))
    }
    canvas.stroke(lower, width: 0.02, Paint(dark, opacity: 0.65))
    let fold = FacePath(from: at(-lids.width * 0.55, -lids.up - 0.075)) {
      $0.curve(
        at(lids.width * 0.3, -lids.up - 0.11), at(lids.width * 0.85, -lids.up * 0.72 - 0.06 + lids.outer))
    }
    canvas.stroke(fold, width: 0.016, Paint(skinShade.darker(0.35), opacity: 0.8))
  }

  /// Draws the eyebrows, after the fringe, so that they show through it as in drawn cartoons.
  func drawBrows() {
    let lift = -lids.up - 0.1
    let colour = outline
    for side in [Float(-1), 1] {
      func at(_ x: Float, _ y: Float) -> Point {
        Point(side * (traits.eyeDistance + x) + traits.turn, Self.eyeHeight + lift + y)
      }
      let (inner, middle, outer): (Float, Float, Float) =
        switch traits.brows {
        case .flat: (-0.035, -0.06, -0.03)
        case .arched: (-0.03, -0.13, -0.02)
        case .stern: (0.015, -0.07, -0.07)
        case .worried: (-0.095, -0.07, -0.005)
        }
      let brow = FacePath(from: at(-0.12, inner)) {
        $0.curve(at(0.02, middle - 0.015), at(0.15, outer))
        $0.curve(at(0.02, middle + 0.03), at(-0.12, inner + 0.032))
      }
      canvas.fill(brow, Paint(colour, opacity: 0.85))
    }
  }
}
