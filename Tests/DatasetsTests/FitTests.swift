import Datasets
import TestSupport
import Testing

/// Each way of fitting, from the file to the pixels, for pictures of every aspect.
@Suite struct FitTests {
  /// Width and height beside a size of 12: wide, tall, larger, smaller, one side of each, odd differences,
  /// one pixel wide, and as it is.
  static let shapes = [
    (30, 12), (12, 31), (25, 18), (18, 25), (7, 5), (5, 7), (20, 6), (5, 19), (13, 11), (40, 1), (1, 40),
    (12, 12), (24, 24), (11, 11),
  ]
  static let size = 12

  private func drawn(_ picture: Raw, _ fit: Fit) throws -> [UInt8] {
    let scratch = try Scratch()
    try scratch.file("a.png", picture.png())
    return try openDataset(scratch.path, size: Self.size, channels: picture.channels, fit: fit).picture(0)
  }

  /// Runs `wanted` for every shape, channel count and place, and compares within `tolerance`.
  private func check(_ fit: Fit, tolerance: Double, _ wanted: (Raw, _ x: Int, _ y: Int, _ c: Int) -> Double)
    throws
  {
    for (width, height) in Self.shapes {
      for channels in [1, 3] {
        let picture = Raw.pattern(width, height, channels: channels, kind: width)
        let got = try drawn(picture, fit)
        var worst = 0.0
        for y in 0..<Self.size {
          for x in 0..<Self.size {
            for c in 0..<channels {
              let pixel = Double(got[(y * Self.size + x) * channels + c])
              worst = max(worst, abs(pixel - wanted(picture, x, y, c)))
            }
          }
        }
        #expect(worst <= tolerance, "\(width) x \(height) x \(channels), \(fit)")
      }
    }
  }

  @Test func stretchScalesBothSides() throws {
    try check(.stretch, tolerance: 0.51) {
      ResizerTests.reference($0, $1, $2, $3, width: Self.size, height: Self.size)
    }
  }

  @Test func resizeAndCropKeepsTheAspect() throws {
    try check(.resizeAndCrop, tolerance: 0.51) { picture, x, y, c in
      let short = min(picture.width, picture.height)
      let (width, height) = (picture.width * Self.size / short, picture.height * Self.size / short)
      return ResizerTests.reference(
        picture, x + (width - Self.size) / 2, y + (height - Self.size) / 2, c, width: width, height: height)
    }
  }

  @Test func cropOrPadScalesNothing() throws {
    func place(_ at: Int, _ side: Int) -> Int {
      side >= Self.size ? at + (side - Self.size) / 2 : at - (Self.size - side) / 2
    }
    try check(.cropOrPad, tolerance: 0) { picture, x, y, c in
      let (column, row) = (place(x, picture.width), place(y, picture.height))
      guard (0..<picture.width).contains(column), (0..<picture.height).contains(row) else { return 0 }
      return Double(picture.pixels[(row * picture.width + column) * picture.channels + c])
    }
  }

  @Test func stretchIsTheDefault() throws {
    let scratch = try Scratch()
    let picture = Raw.pattern(30, 17, channels: 3)
    try scratch.file("a.png", picture.png())
    #expect(try openDataset(scratch.path, size: 12).picture(0) == drawn(picture, .stretch))
  }
}
