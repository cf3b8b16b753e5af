/// Draws one face, from back to front. Hair, features and ornaments are in files of their own.
///
/// The head's coordinates: x = 0 is the middle of the face, the top of the hair is near y = -0.86, the eyes
/// are at 0.15, the chin near 0.67. The body does not tilt with the head.
struct FaceDrawing {
  let traits: FaceTraits
  let canvas: FaceCanvas
  let hair: Colour
  let outline: Colour
  let skinShade: Colour

  init(_ traits: FaceTraits, size: Int) {
    self.traits = traits
    canvas = FaceCanvas(size: size)
    let base = FacePalette.hair[traits.hairColour].colour
    hair =
      traits.hairShade > 0 ? base.lighter(0.08 * traits.hairShade) : base.darker(-0.08 * traits.hairShade)
    outline = hair.darker(0.52).mixed(Colour(0x40262C), 0.25)
    skinShade = traits.skin.mixed(Colour(0xC0605A), 0.3).darker(0.06)
  }

  /// Draws everything.
  func draw() {
    let (body, head) = (body, head)
    drawBackground()
    canvas.placement = head
    if traits.ornament == .catEars { drawCatEars() }
    drawBackHair()
    canvas.placement = body
    drawBody()
    canvas.placement = head
    let face = drawFace()
    drawFeatures(face)
    drawFrontHair(face)
    drawBrows()
    if traits.glasses { drawGlasses() }
    drawOrnament()
  }

  /// Where the body lies.
  private var body: Placement { .scale(traits.scale, traits.scale, shift: traits.shift) }

  /// Where the head lies.
  private var head: Placement { Placement.turn(halfTangent: traits.tilt, about: Point(0, 0.6)).then(body) }

  /// Draws one object alone, as if nothing lay in front of it.
  func drawAlone(_ object: FaceObject) {
    canvas.placement = head
    switch object {
    case .glasses: drawGlasses()
    case .catEars: drawCatEars()
    case .bow, .flower, .pin: drawOrnament()
    }
  }

  /// The width of the lines around parts.
  static let line: Float = 0.026

  private func drawBody() {
    let skin = traits.skin
    let neck = FacePath(from: Point(-0.16, 0.4)) {
      $0.line(Point(0.16, 0.4))
      $0.curve(Point(0.16, 0.76), Point(0.26, 0.86))
      $0.line(Point(0, 1.1))
      $0.line(Point(-0.26, 0.86))
      $0.curve(Point(-0.16, 0.76), Point(-0.16, 0.4))
    }
    let torso = FacePath(from: Point(0, 0.98)) {
      $0.line(Point(0.2, 0.82))
      $0.curve(Point(0.56, 0.88), Point(0.74, 0.94), Point(0.82, 1.4))
      $0.line(Point(0, 1.4))
    }.closedByMirroring()
    canvas.fill(neck, Paint(skin))
    // The chin's shadow.
    canvas.fill(.ellipse(Point(0, 0.66), 0.2, 0.15), Paint(skinShade), within: canvas.mask(neck))
    let clothes = traits.clothes
    canvas.fill(
      torso, Paint(clothes.lighter(0.1), clothes.darker(0.12), from: Point(0, 0.8), to: Point(0, 1.1)))
    let inside = canvas.mask(torso)
    let edge = clothes.darker(0.45)
    switch traits.collar {
    case 0:
      // A sailor's collar.
      let flap = FacePath(from: Point(0.19, 0.8)) {
        $0.line(Point(0.52, 0.88))
        $0.line(Point(0.02, 1.3))
        $0.line(Point(0, 1.02))
      }.withMirrorImage()
      canvas.fill(flap, Paint(traits.accent.mixed(clothes, 0.15)), within: inside)
      canvas.stroke(flap, width: 0.03, Paint(clothes.lighter(0.75)), closed: true, within: inside)
    case 1:
      canvas.stroke(
        FacePath(from: Point(-0.23, 0.8)) { $0.curve(Point(0, 1.12), Point(0.23, 0.8)) }, width: 0.07,
        Paint(traits.accent))
    default:
      let lapel = FacePath(from: Point(0.2, 0.81)) {
        $0.line(Point(0.34, 0.87))
        $0.line(Point(0.03, 1.2))
        $0.line(Point(0, 0.98))
      }.withMirrorImage()
      canvas.fill(lapel, Paint(clothes.lighter(0.35)))
      canvas.stroke(lapel, width: 0.02, Paint(edge, opacity: 0.6), closed: true)
    }
    canvas.stroke(torso, width: Self.line, Paint(edge, opacity: 0.7), closed: true)
  }

  /// Draws ears and face; returns the mask of the face.
  private func drawFace() -> FaceCanvas.Mask {
    let skin = traits.skin
    let line = Paint(skinShade.darker(0.42))
    let ears = FacePath.ellipse(Point(0.53 * traits.jaw, 0.14), 0.085, 0.13).withMirrorImage()
    canvas.fill(ears, Paint(skin))
    canvas.stroke(ears, width: Self.line, line, closed: true)
    let outline = faceOutline
    canvas.fill(outline, Paint(skin.lighter(0.12), skin, from: Point(-0.2, -0.1), to: Point(0.35, 0.6)))
    canvas.stroke(outline, width: Self.line, line, closed: true)
    let mask = canvas.mask(outline)
    // Soft shade along the jaw, on the side away from the light.
    let shade = FacePath(from: Point(0.60, -0.1)) {
      $0.curve(Point(0.56, 0.5), Point(0.2, 0.68), Point(0.0, 0.72))
      $0.curve(Point(0.24, 0.6), Point(0.42, 0.4), Point(0.46, -0.1))
    }
    canvas.fill(shade, Paint(skinShade, opacity: 0.4), within: mask)
    return mask
  }

  private var faceOutline: FacePath {
    let w = traits.jaw
    let chin = traits.chin
    return FacePath(from: Point(0, -0.62)) {
      $0.curve(Point(0.34, -0.62), Point(0.54 * w, -0.42), Point(0.54 * w, -0.05))
      $0.curve(Point(0.54 * w, 0.18), Point(0.52 * w, 0.30), Point(0.38 * w, chin - 0.19))
      $0.curve(Point(0.26 * w, chin - 0.06), Point(0.11, chin), Point(0, chin))
    }.closedByMirroring()
  }

  private func drawBackground() {
    let (first, second) = traits.backgroundColours
    let all = FacePath(from: Point(-1, -1)) {
      $0.line(Point(1, -1))
      $0.line(Point(1, 1))
      $0.line(Point(-1, 1))
    }
    let noise = traits.noise
    switch traits.background {
    case .gradient:
      canvas.fill(all, Paint(first, second, from: Point(0, -0.9), to: Point(0, 0.9)))
    case .diagonal:
      canvas.fill(all, Paint(first, second, from: Point(-0.8, -0.8), to: Point(0.8, 0.8)))
    case .glow:
      canvas.fill(all, Paint(first.lighter(0.55), second, centre: Point(0, -0.1), radius: 1.3))
    case .stripes:
      canvas.fill(all, Paint(first))
      var stripes = FacePath()
      for i in 0..<5 {
        let x = -2.1 + Float(i) * 0.72 + noise[0] * 0.7
        stripes.move(Point(x, 1))
        stripes.line(Point(x + 0.36, 1))
        stripes.line(Point(x + 1.36, -1))
        stripes.line(Point(x + 1, -1))
      }
      canvas.fill(stripes, Paint(second, opacity: 0.8))
    case .discs:
      canvas.fill(all, Paint(first, second, from: Point(0, -1), to: Point(0, 1)))
      for i in 0..<6 {
        let centre = Point(
          (noise[i] * 2 - 1) * 0.35 + (i % 2 == 0 ? -0.7 : 0.7),
          -0.75 + Float(i / 2) * 0.6 + noise[i + 6] * 0.3)
        canvas.fill(
          .ellipse(centre, 0.1 + 0.16 * noise[i + 8], 0.1 + 0.16 * noise[i + 8]),
          Paint(first.lighter(0.7), opacity: 0.45))
      }
    }
  }
}
