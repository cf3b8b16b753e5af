import Tensors

/// All properties from which one face is drawn, a function of (seed, index) alone.
package struct FaceTraits: Equatable, Sendable {
  /// How the hair is worn.
  package enum HairStyle: String, CaseIterable, Sendable {
    /// One of the styles, sorted by name.
    case bob, buns, curly, long, ponytail, short, spiky, twintails
  }

  /// How the hair falls over the forehead.
  package enum Fringe: String, CaseIterable, Sendable {
    /// One of the shapes that the front hair ends in.
    case jagged, parted, short, straight, sweptLeft, sweptRight
  }

  /// The outline of the eyes.
  package enum EyeShape: String, CaseIterable, Sendable {
    /// One of the outlines.
    case almond, drooping, narrow, round, tall
  }

  /// The mouth.
  package enum Mouth: String, CaseIterable, Sendable {
    /// One of the expressions.
    case cat, grin, line, open, pout, smile
  }

  /// The eyebrows.
  package enum Brows: String, CaseIterable, Sendable {
    /// One of the expressions.
    case arched, flat, stern, worried
  }

  /// What is worn in the hair.
  package enum Ornament: String, CaseIterable, Sendable {
    /// One of the things, or nothing.
    case bow, catEars, flower, none, pin
  }

  /// What is behind the head.
  package enum Background: String, CaseIterable, Sendable {
    /// One of the patterns.
    case diagonal, discs, glow, gradient, stripes
  }

  /// An index into ``ProceduralFaces/hairColours``.
  package let hairColour: Int
  /// An index into ``ProceduralFaces/eyeColours``.
  package let eyeColour: Int
  /// How the hair is worn.
  package let hairStyle: HairStyle
  /// How the hair falls over the forehead.
  package let fringe: Fringe
  /// The outline of the eyes.
  package let eyeShape: EyeShape
  /// The mouth.
  package let mouth: Mouth
  /// The eyebrows.
  package let brows: Brows
  /// What is worn in the hair.
  package internal(set) var ornament: Ornament
  /// Whether the face wears glasses.
  package internal(set) var glasses: Bool
  /// How red the cheeks are, 0 to 1.
  package let blush: Float
  /// What is behind the head.
  package let background: Background

  // Numbers that only the drawing needs.
  let skin: Colour
  let clothes: Colour
  let accent: Colour
  let backgroundColours: (Colour, Colour)
  let collar: Int
  /// Tangent of half the angle of the head's tilt.
  let tilt: Float
  let scale: Float
  let shift: Point
  /// How far the features are shifted to the side, as if the head were turned.
  let turn: Float
  let gaze: Point
  let jaw: Float
  let chin: Float
  let eyeSize: Float
  let eyeDistance: Float
  let hairLength: Float
  let hairShade: Float
  let ornamentSide: Float
  let noise: [Float]

  /// The traits of face `index` of the set that `seed` makes.
  package init(seed: UInt64, index: Int) {
    // Each trait has a fixed element of the stream, so that a new trait changes no other.
    let numbers = [Float](unsafeUninitializedCapacity: 64) { buffer, count in
      RandomStream(seed: seed, purpose: .faces, sample: index).fillUniform(buffer.baseAddress!, count: 64)
      count = 64
    }
    func among(_ element: Int, _ count: Int) -> Int { Int(numbers[element] * Float(count)) }
    func pick<T>(_ element: Int, _ list: [T]) -> T { list[among(element, list.count)] }
    /// A number between -1 and 1, more likely near 0: the sum of two uniform numbers, minus 1.
    func about(_ element: Int) -> Float { numbers[element] + numbers[element + 1] - 1 }

    hairColour = among(0, FacePalette.hair.count)
    eyeColour = among(1, FacePalette.eyes.count)
    hairStyle = pick(2, HairStyle.allCases)
    fringe = pick(3, Fringe.allCases)
    eyeShape = pick(4, EyeShape.allCases)
    mouth = pick(5, Mouth.allCases)
    brows = pick(6, Brows.allCases)
    let worn: Ornament = numbers[7] < 0.5 ? .none : pick(8, [.bow, .catEars, .flower, .pin])
    // Cat ears and buns would lie in the same place.
    ornament = worn == .catEars && hairStyle == .buns ? .bow : worn
    glasses = numbers[9] < 0.12
    blush = numbers[10]
    background = pick(11, Background.allCases)
    // Light skins are more numerous, as in the pictures that the faces stand in for.
    skin = pick(12, FacePalette.skin + FacePalette.skin[0..<3])
    clothes = pick(13, FacePalette.clothes)
    accent = pick(14, FacePalette.accents)
    let first = among(15, FacePalette.backgrounds.count)
    let second = (first + 1 + among(16, FacePalette.backgrounds.count - 1)) % FacePalette.backgrounds.count
    backgroundColours = (
      FacePalette.backgrounds[first],
      FacePalette.backgrounds[first].mixed(FacePalette.backgrounds[second], 0.7)
    )
    collar = among(17, 3)
    tilt = 0.075 * about(18)
    scale = 0.97 + 0.05 * about(20)
    shift = Point(0.05 * about(22), 0.035 * about(24))
    turn = 0.06 * about(26)
    gaze = Point(0.018 * about(28), 0.012 * about(30))
    jaw = 1 + 0.06 * about(32)
    chin = 0.67 + 0.03 * about(34)
    eyeSize = 1 + 0.1 * about(36)
    eyeDistance = 0.255 + 0.012 * about(38)
    hairLength = about(40)
    hairShade = about(42)
    ornamentSide = numbers[44] < 0.5 ? -1 : 1
    noise = Array(numbers[48..<64])
  }

  /// Whether both are the same face. Not every trait is compared: faces with the same noise have the same random
  /// numbers.
  package static func == (a: FaceTraits, b: FaceTraits) -> Bool {
    a.hairColour == b.hairColour && a.eyeColour == b.eyeColour && a.hairStyle == b.hairStyle
      && a.fringe == b.fringe
      && a.eyeShape == b.eyeShape && a.mouth == b.mouth && a.noise == b.noise && a.tilt == b.tilt
  }
}
