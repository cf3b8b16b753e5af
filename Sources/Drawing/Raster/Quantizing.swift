extension Raster {
  /// The picture in at most 256 colours, which are chosen for this picture.
  /// - Parameter dithers: whether the error of a pixel's colour is spread to its neighbours (Floyd and Steinberg
  ///   1976), which hides steps in smooth areas. On sheets of faces this halves the error seen from a distance,
  ///   with files of the same size.
  package func indexed(dithers: Bool) -> IndexedPicture {
    var colour = self
    if channels == 1 {
      colour = Raster(width: width, height: height, fill: .black)
      colour.blit(self, x: 0, y: 0)
    }
    let palette = ColourPalette(of: colour)
    let pixels = dithers ? colour.dithered(palette) : colour.mapped(palette)
    return IndexedPicture(palette: palette.colours, pixels: pixels)
  }

  private func mapped(_ palette: ColourPalette) -> [UInt8] {
    // A cache of results by a hash of the colour, as most pixels have a near neighbour of the same colour.
    var known = [Int](repeating: -1, count: 1 << 12)
    var places = [UInt8](repeating: 0, count: 1 << 12)
    return bytes.withUnsafeBufferPointer { bytes in
      stride(from: 0, to: bytes.count, by: 3).map { at in
        let (red, green, blue) = (Int(bytes[at]), Int(bytes[at + 1]), Int(bytes[at + 2]))
        let key = red << 16 | green << 8 | blue
        let slot = (red * 37 + green * 101 + blue * 11) & (1 << 12 - 1)
        if known[slot] != key {
          known[slot] = key
          places[slot] = UInt8(palette.nearest(red, green, blue))
        }
        return places[slot]
      }
    }
  }

  private func dithered(_ palette: ColourPalette) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: width * height)
    // The errors to add to the pixels of this row and of the next, in sixteenths; one more place at both ends.
    var owed = [SIMD3<Int>](repeating: .zero, count: width + 2)
    var below = owed
    for y in 0..<height {
      // Rows alternate in direction, so that no direction shows in the picture.
      let forth = y % 2 == 0
      let ahead = forth ? 1 : -1
      for step in 0..<width {
        let x = forth ? step : width - 1 - step
        let at = (y * width + x) * 3
        let own = SIMD3(Int(bytes[at]), Int(bytes[at + 1]), Int(bytes[at + 2]))
        let due = owed[x + 1]
        let wanted = SIMD3(
          min(255, max(0, own.x + due.x / 16)), min(255, max(0, own.y + due.y / 16)),
          min(255, max(0, own.z + due.z / 16)))
        let place = palette.nearest(wanted.x, wanted.y, wanted.z)
        pixels[y * width + x] = UInt8(place)
        let colour = palette.colours[place]
        let off = wanted &- SIMD3(Int(colour.red), Int(colour.green), Int(colour.blue))
        owed[x + 1 + ahead] &+= off &* 7
        below[x + 1 - ahead] &+= off &* 3
        below[x + 1] &+= off &* 5
        below[x + 1 + ahead] &+= off
      }
      swap(&owed, &below)
      for place in below.indices { below[place] = .zero }
    }
    return pixels
  }
}
