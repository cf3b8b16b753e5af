/// A colour; red, green and blue are 0 to 1.
struct Colour: Equatable, Sendable {
  var red: Float
  var green: Float
  var blue: Float

  init(_ red: Float, _ green: Float, _ blue: Float) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// From a number written as 0xRRGGBB.
  init(_ hex: UInt32) {
    self.init(Float(hex >> 16 & 255) / 255, Float(hex >> 8 & 255) / 255, Float(hex & 255) / 255)
  }

  /// The mix of 1 - share of `self` and share of `other`.
  func mixed(_ other: Colour, _ share: Float) -> Colour {
    Colour(
      red + (other.red - red) * share, green + (other.green - green) * share,
      blue + (other.blue - blue) * share)
  }

  /// Mixed with black, which keeps the hue.
  func darker(_ share: Float) -> Colour { Colour(red * (1 - share), green * (1 - share), blue * (1 - share)) }
  /// Mixed with white.
  func lighter(_ share: Float) -> Colour { mixed(Colour(1, 1, 1), share) }
}

/// What a shape is filled with: one colour, or a gradient between two, along a line or outwards from a centre.
struct Paint {
  var first: Colour
  var second: Colour
  var firstOpacity: Float = 1
  var secondOpacity: Float = 1
  var from = Point(0, 0)
  var to = Point(0, 1)
  var isFlat = false
  var isRadial = false

  /// One colour.
  init(_ colour: Colour, opacity: Float = 1) {
    first = colour
    second = colour
    firstOpacity = opacity
    secondOpacity = opacity
    isFlat = true
  }

  /// A gradient along the line from `from` to `to`: `first` up to `from`, `second` from `to` on.
  init(_ first: Colour, _ second: Colour, from: Point, to: Point) {
    self.first = first
    self.second = second
    self.from = from
    self.to = to
  }

  /// A radial gradient: `inner` at the centre, `outer` at the radius and beyond.
  init(_ inner: Colour, _ outer: Colour, centre: Point, radius: Float, outerOpacity: Float = 1) {
    first = inner
    second = outer
    from = centre
    to = Point(centre.x + radius, centre.y)
    secondOpacity = outerOpacity
    isRadial = true
  }
}

/// A named colour of the built-in faces.
package struct FaceColour: Equatable, Sendable {
  /// The name of the class.
  package let name: String
  /// Red, green and blue, 0 to 255.
  package let rgb: (red: UInt8, green: UInt8, blue: UInt8)

  init(_ name: String, _ hex: UInt32) {
    self.name = name
    rgb = (UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
  }

  var colour: Colour { Colour(Float(rgb.red) / 255, Float(rgb.green) / 255, Float(rgb.blue) / 255) }

  /// Whether name and colour are the same.
  package static func == (a: FaceColour, b: FaceColour) -> Bool { a.name == b.name && a.rgb == b.rgb }
}

/// The colours of the faces. Named colours are sorted by name, so that classes read back from a label file have
/// the same indices.
enum FacePalette {
  static let hair = [
    FaceColour("aqua", 0x66D4D0), FaceColour("black", 0x3A3644), FaceColour("blonde", 0xF4D470),
    FaceColour("blue", 0x4C72DC), FaceColour("brown", 0x8C5A3C), FaceColour("green", 0x6CBC62),
    FaceColour("pink", 0xF79CC4), FaceColour("purple", 0x9A68CC), FaceColour("red", 0xDA463C),
    FaceColour("silver", 0xD0D4E0),
  ]

  static let eyes = [
    FaceColour("amber", 0xF0A41E), FaceColour("blue", 0x3584EA), FaceColour("brown", 0x8A4E2A),
    FaceColour("green", 0x3CAE52), FaceColour("purple", 0x9152D6), FaceColour("red", 0xDC3244),
  ]

  static let skin: [Colour] = [
    Colour(0xFFE9DC), Colour(0xFFE0CC), Colour(0xFBD3B6), Colour(0xF0BE98), Colour(0xD19A70),
    Colour(0x9C6844),
  ]

  static let clothes: [Colour] = [
    Colour(0x34406B), Colour(0xF4F4F8), Colour(0xB8323E), Colour(0x3F7F6B), Colour(0x2E2C36),
    Colour(0xE9B84A),
    Colour(0x7B5BA8), Colour(0x8FB8DE),
  ]

  static let accents: [Colour] = [
    Colour(0xE8354A), Colour(0x3E74DA), Colour(0xFFD23F), Colour(0xFFFFFF), Colour(0x58C08A),
    Colour(0xF27EB2),
  ]

  static let backgrounds: [Colour] = [
    Colour(0xBFE3F7), Colour(0xFBD3DF), Colour(0xFFF0C2), Colour(0xCDEBD0), Colour(0xDCD3F5),
    Colour(0xF7F7FA),
    Colour(0xFBCFA8), Colour(0x9FB4D8), Colour(0x6E7FA8), Colour(0xA9D8D2), Colour(0xE6E0D4),
    Colour(0x544A6E),
  ]
}
