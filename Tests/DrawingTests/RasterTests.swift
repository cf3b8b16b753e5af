import CImageCodecs
import Drawing
import Files
import Foundation
import TestSupport
import Testing

@Suite struct RasterTests {
  private static func decode(_ png: [UInt8], channels: Int) throws -> Raster {
    var pixels: UnsafeMutablePointer<UInt8>?
    var (width, height): (Int32, Int32) = (0, 0)
    var message = [CChar](repeating: 0, count: 256)
    let code = cimage_decode(
      png, png.count, Int32(channels), &pixels, &width, &height, &message, message.count)
    defer { cimage_free(pixels) }
    try #require(code == 0)
    let bytes = Array(UnsafeBufferPointer(start: pixels, count: Int(width * height) * channels))
    return Raster(width: Int(width), height: Int(height), channels: channels, bytes: bytes)
  }

  @Test(arguments: [1, 3]) func comesBackFromItsPNG(channels: Int) throws {
    let bytes = (0..<(7 * 5 * channels)).map { UInt8($0 * 37 % 256) }
    let picture = Raster(width: 7, height: 5, channels: channels, bytes: bytes)
    let png = try picture.png()
    #expect(try Self.decode(png, channels: channels) == picture)
    #expect(try picture.png() == png)
    let scratch = try Scratch()
    try picture.writePNG(to: scratch.file("a.png"))
    #expect(FileManager.default.contents(atPath: scratch.file("a.png")).map { [UInt8]($0) } == png)
    #expect(throws: FileError.self) { try picture.writePNG(to: scratch.file("no/a.png")) }
  }

  @Test func fillsWhatLiesInside() {
    var picture = Raster(width: 4, height: 3, fill: .black)
    picture.fill(x: -2, y: 1, width: 4, height: 100, Colour(10, 20, 30))
    picture.fill(x: 3, y: 0, width: -5, height: 1, .white)
    picture.fill(x: 9, y: 9, width: 5, height: 5, .white)
    for y in 0..<3 {
      for x in 0..<4 { #expect(picture[x, y] == (y >= 1 && x < 2 ? Colour(10, 20, 30) : .black)) }
    }
    picture.fill(x: 0, y: 0, width: 1, height: 1, .white, opacity: 0.5)
    #expect(picture[0, 0] == Colour(gray: 128))
  }

  @Test func blitsClippedScaledAndConverted() {
    var small = Raster(width: 2, height: 2, fill: Colour(255, 0, 0))
    small[1, 0] = Colour(0, 0, 255)
    var gray = Raster(width: 5, height: 5, channels: 1, fill: .black)
    gray.blit(small, x: 1, y: 1, scale: 2)
    #expect(gray[0, 0] == .black)
    #expect(gray[1, 1] == Colour(gray: 76))
    #expect(gray[2, 2] == Colour(gray: 76))
    #expect(gray[3, 1] == Colour(gray: 29))
    #expect(gray[4, 4] == Colour(gray: 76))
    var colour = Raster(width: 3, height: 3, fill: .white)
    colour.blit(small, x: -1, y: 2)
    #expect(colour[0, 2] == Colour(0, 0, 255))
    #expect(colour[1, 2] == .white)
    #expect(small.cropped(x: 1, y: 0, width: 1, height: 2)[0, 0] == Colour(0, 0, 255))
  }

  @Test func aLineThroughPixelMiddlesIsSharp() {
    var picture = Raster(width: 9, height: 5)
    picture.stroke([[Point(2.5, 2.5), Point(6.5, 2.5)]], width: 1, .black)
    #expect((2...6).allSatisfy { picture[$0, 2] == .black })
    #expect((2...6).allSatisfy { picture[$0, 1] == .white && picture[$0, 3] == .white })
    #expect(picture[0, 2] == .white && picture[8, 2] == .white)
  }

  @Test func aLineCoversItsArea() {
    var picture = Raster(width: 64, height: 64, channels: 1)
    picture.stroke([[Point(10, 12), Point(50, 42)]], width: 3, .black)
    let dark = picture.bytes.reduce(0.0) { $0 + Double(255 - $1) / 255 }
    // 50 long, 3 wide, with round ends.
    #expect(abs(dark - (150 + 3.1416 * 2.25)) < 3)
  }

  @Test func jointsAreNotLaidOnTwice() {
    var picture = Raster(width: 9, height: 9)
    picture.stroke([[Point(1.5, 4.5), Point(4.5, 4.5), Point(7.5, 4.5)]], width: 1, .black, opacity: 0.5)
    #expect(Set((2...6).map { picture[$0, 4] }) == [Colour(gray: 128)])
  }

  @Test func strokesStayInsideTheirClip() {
    var picture = Raster(width: 10, height: 10)
    picture.stroke(
      [[Point(-1e9, 5), Point(1e9, 5)], [Point(.nan, 1), Point(3, .infinity)]], width: 4, .black,
      clip: PixelRect(x: 3, y: 0, width: 4, height: 10))
    for x in 0..<10 { #expect((picture[x, 5] == .black) == (3..<7).contains(x)) }
    picture.stroke([[], [Point(500, 500)]], width: 2, .black)
  }
}

@Suite struct SheetTests {
  private static func numbered(_ count: Int, size: Int, channels: Int = 1) -> SheetPictures {
    let bytes = (0..<count).flatMap { [UInt8](repeating: UInt8($0 + 1), count: size * size * channels) }
    return SheetPictures(count: count, height: size, width: size, channels: channels, bytes: bytes)
  }

  @Test func hasTorchvisionsGeometry() {
    let torch = Sheet().draw(Self.numbered(64, size: 96, channels: 3))
    #expect(torch.width == 786 && torch.height == 786)
    let digits = Sheet(columns: 10, padding: 1, paddingValue: 0.5).draw(Self.numbered(100, size: 28))
    #expect(digits.width == 291 && digits.height == 291)
    for y in 0..<291 {
      for x in 0..<291 {
        let onBorder = x % 29 == 0 || y % 29 == 0
        let expected = onBorder ? UInt8(128) : UInt8(x / 29 + y / 29 * 10 + 1)
        if digits.bytes[y * 291 + x] != expected {
          Issue.record("pixel (\(x), \(y)) is \(digits.bytes[y * 291 + x]) and not \(expected)")
          return
        }
      }
    }
  }

  @Test func aRowThatIsNotFullIsPadding() {
    let sheet = Sheet(columns: 3, padding: 2, scale: 2).draw(Self.numbered(5, size: 4))
    #expect(sheet.width == 3 * 10 + 2 && sheet.height == 2 * 10 + 2)
    #expect(sheet[2, 2] == Colour(gray: 1) && sheet[9, 9] == Colour(gray: 1) && sheet[10, 10] == .black)
    #expect(sheet[12, 12] == Colour(gray: 5))
    #expect((22..<32).allSatisfy { sheet[$0, 15] == .black })
    let narrow = Sheet(columns: 8).draw(Self.numbered(2, size: 4))
    #expect(narrow.width == 14 && narrow.height == 8)
    #expect(Sheet.columns(for: 64) == 8 && Sheet.columns(for: 12) == 4 && Sheet.columns(for: 1) == 1)
  }

  @Test func sheetsStandBesideEachOther() {
    let sheet = Sheet(columns: 2).draw(Self.numbered(4, size: 32))
    let both = Sheet.sideBySide([("Real", sheet), ("Generated", sheet)], gap: 10)
    #expect(both.width == 3 * 10 + 2 * sheet.width)
    #expect(both.channels == 1)
    let head = both.height - 10 - sheet.height
    #expect(both.cropped(x: 10, y: head, width: sheet.width, height: sheet.height) == sheet)
    #expect(both.cropped(x: 20 + sheet.width, y: head, width: sheet.width, height: sheet.height) == sheet)
  }

  @Test func floatsAreRoundedAsTorchvisionDoes() {
    let pixels: [Float] = [-1, -0.5, 0, 0.5, 1, 2, -3, .nan, .infinity, -.infinity]
    func bytes(_ range: SheetPictures.Range) -> [UInt8] {
      SheetPictures(count: 1, height: 1, width: 10, channels: 1, pixels: pixels, range: range).bytes
    }
    #expect(bytes(.symmetric) == [0, 64, 128, 191, 255, 255, 0, 0, 255, 0])
    #expect(bytes(.unit) == [0, 0, 0, 128, 255, 255, 0, 0, 255, 0])
  }
}
