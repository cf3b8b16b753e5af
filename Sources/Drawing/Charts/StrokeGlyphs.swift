/// The shapes of the stroke font: every printable ASCII character as the path of a pen.
///
/// Units: capitals and digits are 70 high, small letters 50, their ascenders 73; descenders reach down to
/// -20. x grows to the right from the centre line of the leftmost stroke, y grows up from the baseline. `before`
/// and `after` are the room to the left and right of the centre lines of the outer strokes: 13 at stems, 10 at
/// bows, 5 at slants, so that letters look evenly spaced.
///
/// A path is a list of commands: `M x y` moves the pen; `L x y` draws a line; `C x1 y1 x2 y2 x y` a cubic Bezier
/// curve; `h x y` a quarter of an ellipse that starts horizontally and ends vertically; `v x y` a quarter of an
/// ellipse that starts vertically; `D x y` a dot.
struct StrokeGlyph {
  let before: Float
  let width: Float
  let after: Float
  let path: String

  init(_ before: Float, _ width: Float, _ after: Float, _ path: String) {
    self.before = before
    self.width = width
    self.after = after
    self.path = path
  }

  /// The glyph of characters that the font does not have.
  static let missing = StrokeGlyph(10, 36, 10, "M 0 0 L 0 70 L 36 70 L 36 0 L 0 0")

  static let all: [Character: StrokeGlyph] = capitals.merging(smallLetters) { $1 }.merging(digits) { $1 }
    .merging(signs) { $1 }

  private static let capitals: [Character: StrokeGlyph] = [
    "A": .init(5, 52, 5, "M 0 0 L 26 70 L 52 0 M 9 24 L 43 24"),
    "B": .init(
      13, 41, 9, "M 0 37 L 0 70 L 22 70 h 38 53.5 v 22 37 L 0 37 L 0 0 L 23 0 h 41 18.5 v 23 37"),
    "C": .init(10, 47, 8, "M 47 56 C 42 65 35 70 27 70 h 0 35 v 27 0 C 35 0 42 5 47 14"),
    "D": .init(13, 48, 10, "M 0 0 L 0 70 L 18 70 h 48 35 v 18 0 L 0 0"),
    "E": .init(13, 37, 8, "M 37 70 L 0 70 L 0 0 L 37 0 M 0 37 L 33 37"),
    "F": .init(13, 36, 6, "M 36 70 L 0 70 L 0 0 M 0 36 L 31 36"),
    "G": .init(10, 49, 11, "M 47 57 C 42 66 35 70 27 70 h 0 35 v 27 0 C 36 0 43 4 49 10 L 49 33 L 29 33"),
    "H": .init(13, 45, 13, "M 0 0 L 0 70 M 45 0 L 45 70 M 0 37 L 45 37"),
    "I": .init(13, 0, 13, "M 0 0 L 0 70"),
    "J": .init(5, 25, 13, "M 25 70 L 25 20 v 11.5 0 C 7 0 3 2 0 6"),
    "K": .init(13, 43, 4, "M 0 0 L 0 70 M 41 70 L 0 27 M 14 41.7 L 43 0"),
    "L": .init(13, 35, 6, "M 0 70 L 0 0 L 35 0"),
    "M": .init(13, 54, 13, "M 0 0 L 0 70 L 27 22 L 54 70 L 54 0"),
    "N": .init(13, 45, 13, "M 0 0 L 0 70 L 45 0 L 45 70"),
    "O": .init(10, 54, 10, "M 27 70 h 0 35 v 27 0 h 54 35 v 27 70"),
    "P": .init(13, 39, 7, "M 0 0 L 0 70 L 20 70 h 39 51 v 20 32 L 0 32"),
    "Q": .init(10, 54, 10, "M 27 70 h 0 35 v 27 0 h 54 35 v 27 70 M 33 14 L 51 -8"),
    "R": .init(13, 42, 5, "M 0 0 L 0 70 L 20 70 h 39 51.5 v 20 33 L 0 33 M 22 33 L 42 0"),
    "S": .init(
      9, 42, 9,
      "M 39 58 C 35 66 29 70 21 70 C 10 70 2 63 2 53 C 2 42 11 39 21 36 C 32 33 42 29 42 18 C 42 7 33 0 21 0 C 11 0 4 5 0 14"
    ),
    "T": .init(5, 48, 5, "M 0 70 L 48 70 M 24 70 L 24 0"),
    "U": .init(13, 44, 13, "M 0 70 L 0 24 v 22 0 h 44 24 L 44 70"),
    "V": .init(5, 52, 5, "M 0 70 L 26 0 L 52 70"),
    "W": .init(5, 74, 5, "M 0 70 L 18 0 L 37 68 L 56 0 L 74 70"),
    "X": .init(6, 48, 6, "M 0 0 L 47 70 M 1 70 L 48 0"),
    "Y": .init(4, 50, 4, "M 0 70 L 25 34 L 50 70 M 25 34 L 25 0"),
    "Z": .init(8, 44, 8, "M 1 70 L 43 70 L 0 0 L 44 0"),
  ]

  private static let smallLetters: [Character: StrokeGlyph] = [
    "a": .init(
      9, 33, 13,
      "M 4 43 C 8 48 13 50 18 50 C 28 50 33 44 33 34 L 33 0 M 33 29 L 18 29 C 6 29 0 24 0 15 C 0 6 6 0 14 0 C 25 0 33 7 33 19"
    ),
    "b": .init(13, 36, 10, "M 0 0 L 0 73 M 0 25 v 18 50 h 36 25 v 18 0 h 0 25"),
    "c": .init(10, 32, 7, "M 32 42 C 28 47 24 50 18 50 h 0 25 v 18 0 C 24 0 28 3 32 8"),
    "d": .init(10, 36, 13, "M 36 0 L 36 73 M 36 25 v 18 50 h 0 25 v 18 0 h 36 25"),
    "e": .init(10, 36, 9, "M 0 27 L 36 27 C 36 41 29 50 18.5 50 h 0 25 v 19 0 C 26 0 31 3 35 8"),
    "f": .init(5, 24, 3, "M 24 73 L 20 73 C 12 73 9 68 9 60 L 9 0 M 0 50 L 22 50"),
    "g": .init(
      10, 36, 13, "M 36 25 v 18 50 h 0 25 v 18 0 h 36 25 M 36 50 L 36 0 v 17 -20 C 11 -20 7 -18.5 3 -16"),
    "h": .init(13, 34, 13, "M 0 0 L 0 73 M 0 28 C 0 41 8 50 18 50 C 29 50 34 43 34 32 L 34 0"),
    "i": .init(12, 0, 12, "M 0 0 L 0 50 D 0 69"),
    "j": .init(12, 0, 12, "M 0 50 L 0 -8 C 0 -17 -4 -20 -11 -20 D 0 69"),
    "k": .init(13, 34, 4, "M 0 0 L 0 73 M 31 50 L 0 21 M 10.5 30.7 L 34 0"),
    "l": .init(12, 0, 12, "M 0 0 L 0 73"),
    "m": .init(
      13, 58, 13,
      "M 0 0 L 0 50 M 0 30 C 0 42 7 50 16 50 C 25 50 29 44 29 34 L 29 0 M 29 30 C 29 42 36 50 45 50 C 54 50 58 44 58 34 L 58 0"
    ),
    "n": .init(13, 34, 13, "M 0 0 L 0 50 M 0 28 C 0 41 8 50 18 50 C 29 50 34 43 34 32 L 34 0"),
    "o": .init(10, 37, 10, "M 18.5 50 h 0 25 v 18.5 0 h 37 25 v 18.5 50"),
    "p": .init(13, 36, 10, "M 0 50 L 0 -20 M 0 25 v 18 50 h 36 25 v 18 0 h 0 25"),
    "q": .init(10, 36, 13, "M 36 50 L 36 -20 M 36 25 v 18 50 h 0 25 v 18 0 h 36 25"),
    "r": .init(13, 21, 3, "M 0 0 L 0 50 M 0 28 C 0 42 8 50 17 50 L 21 50"),
    "s": .init(
      8, 30, 8,
      "M 28 42 C 25 47.5 21 50 15 50 C 7 50 2 46 2 38.5 C 2 31 8 28.5 15 26.5 C 23 24 30 21 30 13 C 30 5 24 0 15 0 C 8 0 3 3 0 9"
    ),
    "t": .init(5, 24, 4, "M 9 66 L 9 14 C 9 4 12 0 19 0 L 24 0 M 0 50 L 23 50"),
    "u": .init(13, 34, 13, "M 34 50 L 34 0 M 34 22 C 34 9 26 0 16 0 C 5 0 0 7 0 18 L 0 50"),
    "v": .init(5, 38, 5, "M 0 50 L 19 0 L 38 50"),
    "w": .init(5, 56, 5, "M 0 50 L 14 0 L 28 48 L 42 0 L 56 50"),
    "x": .init(6, 35, 6, "M 0 0 L 34 50 M 1 50 L 35 0"),
    "y": .init(5, 38, 5, "M 0 50 L 19 0 M 38 50 L 15.2 -10 C 12.5 -17 9 -20 2 -20"),
    "z": .init(8, 31, 8, "M 1 50 L 30 50 L 0 0 L 31 0"),
  ]

  /// All digits have the same width, so that numbers align in columns.
  private static let digits: [Character: StrokeGlyph] = [
    "0": .init(10, 38, 10, "M 19 70 h 0 35 v 19 0 h 38 35 v 19 70"),
    "1": .init(10, 38, 10, "M 6 57 L 22 70 L 22 0"),
    "2": .init(10, 38, 10, "M 2 55 C 5 65 11 70 19 70 C 29 70 36 63 36 53 C 36 43 31 36 22 26 L 0 0 L 38 0"),
    "3": .init(
      10, 38, 10,
      "M 3 59 C 7 66 12 70 19 70 C 29 70 36 64 36 54 C 36 44 29 38 19 38 L 12 38 M 19 38 C 30 38 38 31 38 19.5 C 38 8 30 0 18 0 C 10 0 4 4 0 11"
    ),
    "4": .init(10, 38, 10, "M 29 0 L 29 70 L -1 20 L 39 20"),
    "5": .init(
      10, 38, 10,
      "M 34 70 L 6 70 L 3 37 C 8 42 13 44 19 44 C 30 44 38 35 38 22 C 38 9 30 0 18 0 C 10 0 4 4 0 11"),
    "6": .init(
      10, 38, 10,
      "M 34 62 C 31 67 26 70 21 70 C 8 70 0 57 0 33 C 0 12 7 0 19 0 C 30 0 38 9 38 22 C 38 35 30 43 20 43 C 10 43 0 35 0 24"
    ),
    "7": .init(10, 38, 10, "M 0 70 L 38 70 L 13 0"),
    "8": .init(
      10, 38, 10,
      "M 19 38 C 9 38 3 45 3 54 C 3 63 9 70 19 70 C 29 70 35 63 35 54 C 35 45 29 38 19 38 C 8 38 0 30 0 19 C 0 8 8 0 19 0 C 30 0 38 8 38 19 C 38 30 30 38 19 38"
    ),
    "9": .init(
      10, 38, 10,
      "M 4 8 C 7 3 12 0 17 0 C 30 0 38 13 38 37 C 38 58 31 70 19 70 C 8 70 0 61 0 48 C 0 35 8 27 18 27 C 28 27 38 35 38 46"
    ),
  ]

  private static let signs: [Character: StrokeGlyph] = [
    " ": .init(0, 30, 0, ""),
    "!": .init(14, 0, 14, "M 0 70 L 0 22 D 0 2"),
    "\"": .init(11, 15, 11, "M 0 70 L 0 50 M 15 70 L 15 50"),
    "#": .init(9, 48, 9, "M 19 70 L 10 0 M 38 70 L 29 0 M 2 47 L 48 47 M 0 23 L 46 23"),
    "$": .init(
      10, 38, 10,
      "M 35 55 C 32 60 27 63 19.5 63 C 10 63 3 57 3 49.5 C 3 41 10 38 19 35.5 C 29 33 38 29 38 20 C 38 11 30 6 19 6 C 10 6 4 10 0 16 M 19 75 L 19 -6"
    ),
    "%": .init(
      9, 64, 9,
      "M 13.5 70 h 0 53.5 v 13.5 37 h 27 53.5 v 13.5 70 M 50.5 33 h 37 16.5 v 50.5 0 h 64 16.5 v 50.5 33 M 52 70 L 12 0"
    ),
    "&": .init(
      9, 51, 5,
      "M 51 0 L 13 44 C 9 49 8 52 8 56 C 8 64 14 70 22 70 C 30 70 35 65 35 58 C 35 49 28 45 19 39 C 8 33 0 28 0 18 C 0 7 8 0 19 0 C 33 0 45 12 46 33"
    ),
    "'": .init(11, 0, 11, "M 0 70 L 0 50"),
    "(": .init(10, 14, 6, "M 14 78 C 4 64 0 46 0 31 C 0 16 4 -2 14 -16"),
    ")": .init(6, 14, 10, "M 0 78 C 10 64 14 46 14 31 C 14 16 10 -2 0 -16"),
    "*": .init(9, 28, 9, "M 14 70 L 14 38 M 0 62 L 28 46 M 0 46 L 28 62"),
    "+": .init(13, 44, 13, "M 22 54 L 22 10 M 0 32 L 44 32"),
    ",": .init(12, 4, 12, "M 4 4 L 0 -11"),
    "-": .init(9, 20, 9, "M 0 28 L 20 28"),
    ".": .init(13, 0, 13, "D 0 2"),
    "/": .init(4, 28, 4, "M 0 -8 L 28 74"),
    ":": .init(13, 0, 13, "D 0 2 D 0 44"),
    ";": .init(12, 4, 12, "D 3 44 M 4 4 L 0 -11"),
    "<": .init(13, 42, 13, "M 42 52 L 0 32 L 42 12"),
    "=": .init(13, 44, 13, "M 0 41 L 44 41 M 0 23 L 44 23"),
    ">": .init(13, 42, 13, "M 0 52 L 42 32 L 0 12"),
    "?": .init(
      8, 32, 8, "M 0 58 C 4 66 9 70 16 70 C 26 70 32 64 32 55 C 32 47 27 43 22 38 C 17 33 16 30 16 21 D 16 2"),
    "@": .init(
      10, 66, 10,
      "M 47 28 v 34 43 h 21 28 v 34 13 h 47 28 M 47 43 L 47 21 C 47 15 51 12 55 12 C 62 12 66 20 66 30 C 66 52 52 66 34 66 C 14 66 0 50 0 28 C 0 4 16 -12 36 -12 C 44 -12 50 -10 55 -7"
    ),
    "[": .init(13, 14, 6, "M 14 78 L 0 78 L 0 -16 L 14 -16"),
    "\\": .init(4, 28, 4, "M 0 74 L 28 -8"),
    "]": .init(6, 14, 13, "M 0 78 L 14 78 L 14 -16 L 0 -16"),
    "^": .init(13, 40, 13, "M 0 44 L 20 70 L 40 44"),
    "_": .init(2, 42, 2, "M 0 -12 L 42 -12"),
    "`": .init(12, 11, 12, "M 0 72 L 11 59"),
    "{": .init(
      6, 20, 6,
      "M 20 78 C 12 78 9 75 9 67 L 9 42 C 9 34 6 31 0 31 C 6 31 9 28 9 20 L 9 -5 C 9 -13 12 -16 20 -16"),
    "|": .init(13, 0, 13, "M 0 78 L 0 -16"),
    "}": .init(
      6, 20, 6,
      "M 0 78 C 8 78 11 75 11 67 L 11 42 C 11 34 14 31 20 31 C 14 31 11 28 11 20 L 11 -5 C 11 -13 8 -16 0 -16"
    ),
    "~": .init(13, 44, 13, "M 0 27 C 4 36 12 40 22 32 C 32 24 40 28 44 37"),
  ]
}
