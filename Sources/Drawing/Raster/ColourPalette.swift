/// At most 256 colours that represent the colours of a picture.
///
/// They are found by a variant of median cut (Heckbert 1982): of all boxes of colours, the box with the largest
/// squared error is cut across the channel that varies most, at its mean. A picture that has no more colours than
/// the palette may have keeps its exact colours.
package struct ColourPalette {
  /// The colours, sorted by green, then red, then blue.
  package let colours: [Colour]
  // For each value of green, the index of the first colour whose green is at least this value.
  private let begins: [Int]

  /// The pixels of a cell of the histogram, which is 8 values of each channel wide, or of one exact colour if the
  /// picture has few colours.
  private struct Cell {
    var count = 0.0
    var red = 0.0
    var green = 0.0
    var blue = 0.0

    mutating func add(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      count += 1
      self.red += Double(red)
      self.green += Double(green)
      self.blue += Double(blue)
    }

    /// The mean colour, channel by channel.
    var mean: SIMD3<Double> { SIMD3(red, green, blue) / count }
  }

  private struct Box {
    var cells: [(count: Double, mean: SIMD3<Double>)]
    var mean = SIMD3<Double>()
    var spread = SIMD3<Double>()
    // The squared error if one colour replaces all colours of the box.
    var error: Double { spread.sum() }

    init(_ cells: [(count: Double, mean: SIMD3<Double>)]) {
      self.cells = cells
      let count = cells.reduce(0) { $0 + $1.count }
      mean = cells.reduce(SIMD3()) { $0 + $1.mean * $1.count } / count
      spread = cells.reduce(SIMD3()) { $0 + ($1.mean - mean) * ($1.mean - mean) * $1.count }
    }

    /// Both parts of the cut box; nil if the box holds one colour only.
    func cut() -> (Box, Box)? {
      let channel = (0..<3).max { spread[$0] < spread[$1] } ?? 0
      let low = cells.filter { $0.mean[channel] <= mean[channel] }
      let high = cells.filter { $0.mean[channel] > mean[channel] }
      return low.isEmpty || high.isEmpty ? nil : (Box(low), Box(high))
    }
  }

  /// The palette of an RGB picture.
  /// - Parameter most: the most colours of the palette, 2 to 256.
  package init(of picture: Raster, most: Int = 256) {
    precondition(picture.channels == 3 && (2...256).contains(most), "a palette is of an RGB picture")
    var boxes = [Box(Self.cells(of: picture, most: most))]
    while boxes.count < most {
      let worst = boxes.indices.max { boxes[$0].error < boxes[$1].error } ?? 0
      guard boxes[worst].error > 0 else { break }
      if let (low, high) = boxes[worst].cut() {
        boxes[worst] = low
        boxes.append(high)
      } else {
        boxes[worst].spread = SIMD3()
      }
    }
    self.init(
      boxes.map { box in
        func byte(_ value: Double) -> UInt8 { UInt8(min(255, max(0, value + 0.5))) }
        return Colour(byte(box.mean[0]), byte(box.mean[1]), byte(box.mean[2]))
      })
  }

  /// A palette of these colours, at least one.
  package init(_ colours: [Colour]) {
    let sorted = colours.sorted { ($0.green, $0.red, $0.blue) < ($1.green, $1.red, $1.blue) }
    self.colours = sorted
    begins = (0...UInt8.max).map { green in
      min(sorted.count - 1, sorted.firstIndex { $0.green >= green } ?? sorted.count - 1)
    }
  }

  private static func cells(of picture: Raster, most: Int) -> [(count: Double, mean: SIMD3<Double>)] {
    // By exact colour, as long as there are few.
    var exact: [Int: Cell] = [:]
    var coarse = [Cell](repeating: Cell(), count: 1 << 15)
    picture.bytes.withUnsafeBufferPointer { bytes in
      for at in stride(from: 0, to: bytes.count, by: 3) {
        let (red, green, blue) = (bytes[at], bytes[at + 1], bytes[at + 2])
        coarse[Int(red >> 3) << 10 | Int(green >> 3) << 5 | Int(blue >> 3)].add(red, green, blue)
        if exact.count <= most {
          exact[Int(red) << 16 | Int(green) << 8 | Int(blue), default: Cell()].add(red, green, blue)
        }
      }
    }
    // Sorted, as a dictionary has no fixed order and equal pictures must give equal files.
    let cells =
      exact.count <= most
      ? exact.sorted { $0.key < $1.key }.map(\.value) : coarse.filter { $0.count > 0 }
    return cells.map { ($0.count, $0.mean) }
  }

  /// The index in ``colours`` of the colour with the smallest squared distance to (red, green, blue).
  package func nearest(_ red: Int, _ green: Int, _ blue: Int) -> Int {
    var best = 0
    var least = Int.max
    func look(_ place: Int) -> Bool {
      let colour = colours[place]
      let away = Int(colour.green) - green
      guard away * away < least else { return false }
      let distance =
        away * away + (Int(colour.red) - red) * (Int(colour.red) - red)
        + (Int(colour.blue) - blue) * (Int(colour.blue) - blue)
      if distance < least { (best, least) = (place, distance) }
      return true
    }
    // The search starts at the same green and goes in both directions, each until the difference in green alone is
    // too large.
    let begin = begins[min(255, max(0, green))]
    var up = begin
    var down = begin - 1
    while up < colours.count, look(up) { up += 1 }
    while down >= 0, look(down) { down -= 1 }
    return best
  }
}
