extension FaceDrawing {
  /// The paint of the front hair: lit from above, with darker tips.
  private var frontPaint: Paint {
    Paint(hair.lighter(0.1), hair.darker(0.1), from: Point(0, -0.9), to: Point(0, 0.5))
  }

  private var backPaint: Paint {
    Paint(hair.darker(0.16), hair.darker(0.34), from: Point(0, -0.5), to: Point(0, 0.9))
  }

  private func drawBack(_ path: FacePath) {
    canvas.fill(path, backPaint)
    canvas.stroke(path, width: Self.line, Paint(outline), closed: true)
  }

  /// Draws the hair behind the head, by style.
  func drawBackHair() {
    let l = traits.hairLength
    switch traits.hairStyle {
    case .long:
      drawBack(
        FacePath(from: Point(0, -0.84)) {
          $0.curve(Point(0.5, -0.84), Point(0.7, -0.5), Point(0.7, -0.05))
          $0.curve(Point(0.7, 0.3), Point(0.84 + 0.05 * l, 0.6), Point(0.76 + 0.08 * l, 1.3))
          $0.line(Point(0, 1.3))
        }.closedByMirroring())
    case .bob:
      drawBack(
        FacePath(from: Point(0, -0.84)) {
          $0.curve(Point(0.5, -0.84), Point(0.72, -0.5), Point(0.72, -0.02))
          $0.curve(Point(0.76, 0.3), Point(0.78, 0.5 + 0.06 * l), Point(0.6, 0.68 + 0.06 * l))
          $0.curve(Point(0.42, 0.74 + 0.06 * l), Point(0.2, 0.62), Point(0, 0.6))
        }.closedByMirroring())
    case .short, .ponytail, .buns, .twintails:
      switch traits.hairStyle {
      case .ponytail: drawPonytail()
      case .buns: drawBuns()
      case .twintails: drawTwintails()
      default: break
      }
      let low: Float = traits.hairStyle == .short ? 0.34 : 0.2
      drawBack(
        FacePath(from: Point(0, -0.84)) {
          $0.curve(Point(0.5, -0.84), Point(0.66, -0.5), Point(0.66, -0.05))
          $0.curve(Point(0.67, low * 0.5), Point(0.62, low), Point(0.52, low + 0.1))
          $0.line(Point(0, low + 0.1))
        }.closedByMirroring())
    case .spiky:
      drawBack(spikes)
    case .curly:
      drawCurls()
    }
  }

  /// Pointed locks all around, from the left ear over the top to the right one.
  private var spikes: FacePath {
    let tips: [(Float, Float)] = [
      (-0.78, 0.34), (-0.88, -0.02), (-0.86, -0.42), (-0.62, -0.78), (-0.24, -0.98), (0.2, -0.99),
      (0.6, -0.82),
      (0.86, -0.44), (0.9, -0.04), (0.76, 0.34),
    ]
    func valley(_ tip: (Float, Float), _ next: (Float, Float)) -> Point {
      Point((tip.0 + next.0) * 0.5 * 0.83, (tip.1 + next.1) * 0.5 * 0.83 - 0.01)
    }
    return FacePath(from: Point(-0.5, 0.3)) { path in
      for (i, tip) in tips.enumerated() {
        let wobble = (traits.noise[i] - 0.5) * 0.1
        let end = Point(tip.0 + wobble, tip.1 + wobble * 0.6)
        // Each lock swings out on its way to the tip and in on its way back.
        let start = i == 0 ? Point(-0.5, 0.3) : valley(tips[i - 1], tip)
        path.curve(start * 0.35 + end * 0.65 + Point((start.y - end.y) * 0.14, (end.x - start.x) * 0.14), end)
        guard i + 1 < tips.count else { continue }
        let back = valley(tip, tips[i + 1])
        path.curve(back * 0.6 + end * 0.4 + Point((end.y - back.y) * -0.1, (back.x - end.x) * -0.1), back)
      }
      path.line(Point(0.5, 0.3))
    }
  }

  private func drawCurls() {
    let low = 0.5 + 0.12 * traits.hairLength
    var curls = FacePath()
    curls.addEllipse(Point(0, -0.1), 0.68, 0.72)
    let places: [(Float, Float, Float)] = [
      (0.62, low, 0.2), (0.7, low - 0.28, 0.2), (0.71, low - 0.56, 0.19), (0.66, -0.32, 0.2),
      (0.5, -0.58, 0.2),
      (0.25, -0.74, 0.19), (0.48, low + 0.16, 0.17),
    ]
    for (i, place) in places.enumerated() {
      let radius = place.2 + (traits.noise[i] - 0.5) * 0.04
      curls.addEllipse(Point(place.0, place.1), radius, radius)
      curls.addEllipse(Point(-place.0, place.1), radius, radius)
    }
    canvas.stroke(curls, width: Self.line * 2, Paint(outline), closed: true)
    canvas.fill(curls, backPaint)
    for (i, place) in places.enumerated() where i < 4 {
      for side in [Float(-1), 1] {
        let curl = FacePath(from: Point(side * (place.0 + 0.08), place.1 - 0.08)) {
          $0.curve(
            Point(side * (place.0 - 0.12), place.1 - 0.12), Point(side * (place.0 - 0.1), place.1 + 0.1),
            Point(side * (place.0 + 0.06), place.1 + 0.07))
        }
        canvas.stroke(curl, width: 0.022, Paint(outline, opacity: 0.55))
      }
    }
  }

  private func drawPonytail() {
    let side = traits.ornamentSide
    func at(_ x: Float, _ y: Float) -> Point { Point(side * x, y) }
    let tail = FacePath(from: at(0.3, -0.72)) {
      $0.curve(at(0.6, -1.05), at(1.02, -0.7), at(0.95, -0.1))
      $0.curve(at(0.94, 0.2), at(0.86, 0.4), at(0.93, 0.62 + 0.1 * traits.hairLength))
      $0.curve(at(0.62, 0.4), at(0.62, 0.1), at(0.66, -0.15))
      $0.curve(at(0.66, -0.4), at(0.6, -0.5), at(0.42, -0.5))
    }
    drawBack(tail)
    let strand = FacePath(from: at(0.55, -0.66)) {
      $0.curve(at(0.82, -0.6), at(0.84, -0.2), at(0.78, 0.25))
    }
    canvas.stroke(strand, width: 0.02, Paint(outline, opacity: 0.5))
    canvas.fill(.ellipse(at(0.4, -0.69), 0.09, 0.09), Paint(traits.accent))
    canvas.stroke(
      .ellipse(at(0.4, -0.69), 0.09, 0.09), width: 0.02, Paint(traits.accent.darker(0.5)), closed: true)
  }

  private func drawBuns() {
    for side in [Float(-1), 1] {
      let centre = Point(side * 0.5, -0.7)
      drawBack(.ellipse(centre, 0.22, 0.21))
      let swirl = FacePath(from: Point(centre.x + 0.1, centre.y + 0.08)) {
        $0.curve(
          Point(centre.x + 0.16, centre.y - 0.16), Point(centre.x - 0.16, centre.y - 0.14),
          Point(centre.x - 0.08, centre.y + 0.06))
      }
      canvas.stroke(swirl, width: 0.022, Paint(outline, opacity: 0.6))
      canvas.fill(
        .ellipse(Point(centre.x - 0.06, centre.y - 0.1), 0.06, 0.035), Paint(hair.lighter(0.5), opacity: 0.7))
    }
  }

  private func drawTwintails() {
    let l = traits.hairLength
    for side in [Float(-1), 1] {
      func at(_ x: Float, _ y: Float) -> Point { Point(side * x, y) }
      let tail = FacePath(from: at(0.56, -0.5)) {
        $0.curve(at(0.86, -0.62), at(1.06, -0.2), at(0.98, 0.3))
        $0.curve(at(0.95, 0.55), at(0.9, 0.75), at(0.82, 0.98 + 0.1 * l))
        $0.curve(at(0.66, 0.7), at(0.6, 0.3), at(0.64, 0.0))
        $0.curve(at(0.66, -0.2), at(0.64, -0.3), at(0.56, -0.4))
      }
      drawBack(tail)
      let strand = FacePath(from: at(0.68, -0.4)) {
        $0.curve(at(0.86, -0.3), at(0.86, 0.3), at(0.8, 0.7))
      }
      canvas.stroke(strand, width: 0.02, Paint(outline, opacity: 0.5))
      let tie = FacePath.ellipse(at(0.62, -0.48), 0.08, 0.09)
      canvas.fill(tie, Paint(traits.accent))
      canvas.stroke(tie, width: 0.02, Paint(traits.accent.darker(0.5)), closed: true)
    }
  }

  /// Draws the front hair: the cap over the head, the fringe, and a lock at each temple.
  /// - Parameter face: the mask of the face, on which the fringe casts a shadow.
  func drawFrontHair(_ face: FaceCanvas.Mask) {
    let path = frontOutline
    // The shadow of the fringe.
    canvas.fill(
      path.placed(.scale(1, 1, shift: Point(0.015, 0.05))), Paint(skinShade.darker(0.08), opacity: 0.62),
      within: face)
    canvas.fill(path, frontPaint)
    let mask = canvas.mask(path)
    drawStrands(mask)
    drawShine(mask)
    canvas.stroke(path, width: Self.line, Paint(outline), closed: true)
  }

  /// The y of the tips of the locks at the temples.
  private var templeEnd: Float {
    let end: Float =
      switch traits.hairStyle {
      case .long: 0.72
      case .bob: 0.56
      case .twintails, .ponytail, .buns: 0.5
      case .curly: 0.42
      case .short: 0.26
      case .spiky: 0.22
      }
    return end + 0.06 * traits.hairLength
  }

  /// The tips of the fringe from right to left, and the y up to which the gaps between them reach.
  private var locks: (tips: [Point], gap: Float) {
    func points(_ list: [(Float, Float)]) -> [Point] {
      list.enumerated().map { Point($1.0, $1.1 + (traits.noise[$0] - 0.5) * 0.05) }
    }
    switch traits.fringe {
    case .straight:
      return (points([(0.36, -0.06), (0.18, -0.04), (0, -0.03), (-0.18, -0.04), (-0.36, -0.06)]), -0.12)
    case .jagged:
      return (points([(0.34, -0.02), (0.17, -0.16), (0.01, 0.1), (-0.17, -0.14), (-0.34, 0.0)]), -0.3)
    case .short:
      return (points([(0.34, -0.16), (0.17, -0.2), (0.02, -0.16), (-0.16, -0.21), (-0.33, -0.15)]), -0.33)
    case .sweptRight:
      return (points([(0.42, 0.06), (0.28, -0.02), (0.1, -0.1), (-0.1, -0.2), (-0.36, -0.06)]), -0.3)
    case .sweptLeft:
      return (points([(0.36, -0.06), (0.1, -0.2), (-0.1, -0.1), (-0.28, -0.02), (-0.42, 0.06)]), -0.3)
    case .parted:
      return (points([(0.42, 0.04), (0.3, -0.1), (-0.3, -0.1), (-0.42, 0.04)]), -0.34)
    }
  }

  private var frontOutline: FacePath {
    let temple = templeEnd
    let (tips, gap) = locks
    return FacePath(from: Point(-0.62, 0.02)) { path in
      // Over the top, a little fuller than the head.
      path.curve(Point(-0.68, -0.5), Point(-0.46, -0.87), Point(0, -0.87))
      path.curve(Point(0.46, -0.87), Point(0.68, -0.5), Point(0.62, 0.02))
      // The right temple's lock, down and up again.
      path.curve(Point(0.64, temple * 0.6), Point(0.52, temple))
      path.curve(Point(0.5, temple * 0.55), Point(0.45, -0.1))
      var last = Point(0.45, -0.1)
      for (i, tip) in tips.enumerated() {
        path.curve(Point(last.x * 0.5 + tip.x * 0.5 + 0.05, last.y * 0.5 + tip.y * 0.5 + 0.03), tip)
        let next = i + 1 < tips.count ? tips[i + 1] : Point(-0.45, -0.1)
        // A parted fringe opens wide in the middle.
        let isParting = traits.fringe == .parted && i == 1
        let valley =
          i + 1 < tips.count
          ? Point((tip.x + next.x) * 0.5, isParting ? -0.44 : max(gap, min(tip.y, next.y) - 0.16)) : next
        path.curve(Point(tip.x - 0.02, (tip.y + valley.y) * 0.5), valley)
        last = valley
      }
      // The left temple's lock.
      path.curve(Point(-0.5, temple * 0.55), Point(-0.52, temple))
      path.curve(Point(-0.64, temple * 0.6), Point(-0.62, 0.02))
    }
  }

  /// Fine lines from the crown towards the gaps of the fringe.
  private func drawStrands(_ mask: FaceCanvas.Mask) {
    let (tips, _) = locks
    for i in 0..<tips.count - 1 {
      let x = (tips[i].x + tips[i + 1].x) * 0.5
      let strand = FacePath(from: Point(x, -0.06)) {
        $0.curve(Point(x * 1.12, -0.34), Point(x * 0.75, -0.5))
      }
      canvas.stroke(strand, width: 0.02, Paint(outline, opacity: 0.42), within: mask)
    }
    let sides = FacePath(from: Point(0.48, -0.05)) {
      $0.curve(Point(0.56, -0.36), Point(0.4, -0.56))
    }.withMirrorImage()
    canvas.stroke(sides, width: 0.02, Paint(outline, opacity: 0.42), within: mask)
  }

  /// Draws the ring of light on the hair, with the teeth of hand-drawn cartoons. It does not touch ``HairRegion``.
  private func drawShine(_ mask: FaceCanvas.Mask) {
    let shine = FacePath(from: Point(-0.5, -0.3)) {
      $0.curve(Point(-0.32, -0.5), Point(0, -0.49))
      $0.curve(Point(0.32, -0.5), Point(0.5, -0.3))
      $0.curve(Point(0.4, -0.34), Point(0.36, -0.26))
      $0.curve(Point(0.28, -0.4), Point(0.2, -0.33))
      $0.curve(Point(0.1, -0.43), Point(0.03, -0.35))
      $0.curve(Point(-0.1, -0.43), Point(-0.18, -0.33))
      $0.curve(Point(-0.28, -0.4), Point(-0.36, -0.26))
      $0.curve(Point(-0.42, -0.34), Point(-0.5, -0.3))
    }
    canvas.fill(shine, Paint(hair.lighter(0.55), opacity: 0.55), within: mask)
  }
}
