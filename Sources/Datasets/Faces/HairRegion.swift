/// Where hair is sure to be in every built-in face, and which hair colour is seen there.
///
/// The rule: the mean colour of the pixels whose centres lie in a disc at the crown, above the light on the
/// hair; the class is the palette's colour with the least squared distance to it in RGB. Tilt, shift, scale,
/// style and ornaments never take the disc out of the front hair.
package enum HairRegion {
  /// The disc's centre, as shares of the picture's width and height.
  package static let centre: (x: Float, y: Float) = (0.5, 0.19)
  /// Its radius, as a share of the picture's side.
  package static let radius: Float = 0.045

  /// The mean red, green and blue (0 to 255) of the disc in a size x size RGB picture (HWC).
  package static func meanColour(of pixels: UnsafePointer<UInt8>, size: Int) -> (
    red: Float, green: Float, blue: Float
  ) {
    var sum = (red: Float(0), green: Float(0), blue: Float(0))
    var count: Float = 0
    let side = Float(size)
    for row in 0..<size {
      for column in 0..<size {
        let x = (Float(column) + 0.5) / side - centre.x
        let y = (Float(row) + 0.5) / side - centre.y
        guard x * x + y * y <= radius * radius else { continue }
        let pixel = pixels + 3 * (row * size + column)
        sum.red += Float(pixel[0])
        sum.green += Float(pixel[1])
        sum.blue += Float(pixel[2])
        count += 1
      }
    }
    let share = 1 / max(1, count)
    return (sum.red * share, sum.green * share, sum.blue * share)
  }

  /// The class of the hair colour seen in a size x size RGB picture: a place in
  /// ``ProceduralFaces/hairColours``.
  package static func hairColour(of pixels: UnsafePointer<UInt8>, size: Int) -> Int {
    let mean = meanColour(of: pixels, size: size)
    let distances = FacePalette.hair.map { entry in
      let red = Float(entry.rgb.red) - mean.red
      let green = Float(entry.rgb.green) - mean.green
      let blue = Float(entry.rgb.blue) - mean.blue
      return red * red + green * green + blue * blue
    }
    return distances.indices.min { distances[$0] < distances[$1] } ?? 0
  }
}
