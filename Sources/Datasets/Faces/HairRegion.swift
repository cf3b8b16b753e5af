/// A region that shows hair in every built-in face, and the hair colour seen there.
///
/// The region is a disc at the crown, above the ring of light on the hair. The class is the palette's colour with
/// the least squared distance in RGB to the mean colour of the pixels whose centres lie in the disc. For every
/// tilt, shift, scale, style and ornament the disc stays within the front hair.
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

  /// The class of the hair colour seen in a size x size RGB picture (HWC): an index into
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
