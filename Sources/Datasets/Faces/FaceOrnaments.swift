extension FaceDrawing {
  /// Draws round glasses with a slight reflection.
  func drawGlasses() {
    let frame = Paint(Colour(0x3A2E3C).mixed(traits.accent, 0.25), opacity: 0.9)
    let y: Float = 0.17
    for side in [Float(-1), 1] {
      let lens = FacePath.ellipse(Point(side * traits.eyeDistance + traits.turn, y), 0.205, 0.19)
      canvas.fill(lens, Paint(Colour(1, 1, 1), opacity: 0.1))
      canvas.stroke(lens, width: 0.028, frame, closed: true)
    }
    let inner = traits.eyeDistance - 0.205
    let bridge = FacePath(from: Point(traits.turn - inner, y - 0.02)) {
      $0.curve(Point(traits.turn, y - 0.06), Point(traits.turn + inner, y - 0.02))
    }
    canvas.stroke(bridge, width: 0.026, frame)
  }

  /// Draws what is worn in front of the hair.
  func drawOrnament() {
    let side = traits.ornamentSide
    let colour = traits.accent
    let edge = Paint(colour.darker(0.5).mixed(Colour(0x402830), 0.3))
    switch traits.ornament {
    case .none, .catEars:
      break
    case .bow:
      let knot = Point(side * 0.54, -0.57)
      let wings = FacePath(from: Point(knot.x, knot.y)) {
        $0.curve(Point(knot.x + 0.1, knot.y - 0.2), Point(knot.x + 0.25, knot.y - 0.17))
        $0.curve(Point(knot.x + 0.28, knot.y), Point(knot.x + 0.25, knot.y + 0.15))
        $0.curve(Point(knot.x + 0.1, knot.y + 0.16), Point(knot.x, knot.y))
        $0.curve(Point(knot.x - 0.1, knot.y - 0.2), Point(knot.x - 0.25, knot.y - 0.17))
        $0.curve(Point(knot.x - 0.28, knot.y), Point(knot.x - 0.25, knot.y + 0.15))
        $0.curve(Point(knot.x - 0.1, knot.y + 0.16), Point(knot.x, knot.y))
      }
      canvas.fill(
        wings, Paint(colour.lighter(0.15), colour.darker(0.15), from: Point(0, -0.8), to: Point(0, -0.45)))
      canvas.stroke(wings, width: 0.024, edge, closed: true)
      canvas.fill(.ellipse(knot, 0.065, 0.075), Paint(colour.darker(0.12)))
      canvas.stroke(.ellipse(knot, 0.065, 0.075), width: 0.022, edge, closed: true)
    case .flower:
      let centre = Point(side * 0.47, -0.42)
      var petals = FacePath()
      for petal in [(0, -0.1), (0.095, -0.03), (0.06, 0.08), (-0.06, 0.08), (-0.095, -0.03)]
        as [(Float, Float)]
      {
        petals.addEllipse(centre + Point(petal.0, petal.1), 0.075, 0.075)
      }
      canvas.stroke(petals, width: 0.036, edge, closed: true)
      canvas.fill(petals, Paint(colour.lighter(0.2)))
      canvas.fill(
        .ellipse(centre, 0.055, 0.055),
        Paint(colour == Colour(0xFFD23F) ? Colour(0xE8703A) : Colour(0xFFD858)))
    case .pin:
      for offset in [Float(0), 0.09] {
        let pin = FacePath(from: Point(side * 0.5, -0.3 + offset)) {
          $0.line(Point(side * 0.3, -0.36 + offset))
        }
        canvas.stroke(pin, width: 0.07, edge)
        canvas.stroke(pin, width: 0.042, Paint(colour))
      }
    }
  }

  /// Draws cat ears, behind the hair.
  func drawCatEars() {
    for side in [Float(-1), 1] {
      func at(_ x: Float, _ y: Float) -> Point { Point(side * x, y) }
      let ear = FacePath(from: at(0.16, -0.76)) {
        $0.curve(at(0.3, -1.0), at(0.6, -1.04))
        $0.curve(at(0.72, -0.7), at(0.62, -0.4))
      }
      canvas.fill(ear, Paint(hair.darker(0.05)))
      canvas.stroke(ear, width: Self.line, Paint(outline), closed: true)
      let inside = FacePath(from: at(0.3, -0.72)) {
        $0.curve(at(0.42, -0.9), at(0.55, -0.93))
        $0.curve(at(0.62, -0.7), at(0.56, -0.5))
      }
      canvas.fill(inside, Paint(Colour(0xF7B4B4)))
    }
  }
}
