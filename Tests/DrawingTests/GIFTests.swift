import Drawing
import Foundation
import TestSupport
import Testing

@Suite struct GIFTests {
  /// Bytes below 2^bits that look random, a function of `seed`.
  static func noise(_ count: Int, bits: Int = 8, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 40 & (1 << UInt64(bits) - 1))
    }
  }

  @Test(arguments: 2...8) func whatIsCompressedComesBack(bits: Int) throws {
    // Around each width of the codes, and past a full table.
    for count in [0, 1, 2, 3, 5, 250, 251, 252, 253, 254, 255, 510, 3_000, 20_000] {
      for bytes in [
        Self.noise(count, bits: bits), [UInt8](repeating: 1, count: count),
        (0..<count).map { UInt8($0 / 7 % 3) },
      ] {
        let packed = LZW.compress(bytes, bits: bits)
        #expect(try GIFReader.decompress(packed, bits: bits) == bytes)
      }
    }
  }

  @Test func everyEndOfACodeWidthComesBack() throws {
    // Every length, so that the end falls on each change of width.
    let bytes = Self.noise(1_100, bits: 2)
    for count in 0...bytes.count {
      let part = Array(bytes.prefix(count))
      #expect(try GIFReader.decompress(LZW.compress(part, bits: 2), bits: 2) == part)
    }
  }

  @Test func evenPicturesBecomeSmall() {
    #expect(LZW.compress([UInt8](repeating: 0, count: 100_000), bits: 8).count < 1_000)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 200, 256]) func fewColoursStayToTheBit(count: Int) throws {
    let bytes = (0..<32 * 16).flatMap { at -> [UInt8] in
      let colour = at * 7 % count
      return [UInt8(colour), UInt8(colour * 91 % 256), UInt8(255 - colour)]
    }
    let picture = Raster(width: 32, height: 16, channels: 3, bytes: bytes)
    for dithers in [false, true] {
      var file = GIFFile(width: 32, height: 16, centiseconds: 20)
      file.append(picture.indexed(dithers: dithers))
      #expect(try GIFReader(file.finished()).frames == [picture])
    }
  }

  @Test func grayStaysGray() throws {
    let gray = Raster(width: 16, height: 16, channels: 1, bytes: Array(0...255))
    var file = GIFFile(width: 16, height: 16, centiseconds: 1)
    file.append(gray.indexed(dithers: false))
    let frame = try #require(try GIFReader(file.finished()).frames.first)
    #expect((0..<256).allSatisfy { frame[$0 % 16, $0 / 16] == Colour(gray: UInt8($0)) })
  }

  @Test func manyColoursStayNear() throws {
    let picture = Raster.smooth(96)
    var file = GIFFile(width: 96, height: 96, centiseconds: 100)
    for dithers in [false, true] { file.append(picture.indexed(dithers: dithers)) }
    let read = try GIFReader(file.finished())
    #expect(read.loops && read.delays == [100, 100])
    #expect(Raster.error(read.frames[0], picture) < 8)
    // Pixel by pixel dithering is worse, and over squares of four by four better.
    #expect(Raster.error(read.frames[1], picture) < 14)
    let mean = picture.shrunk(by: 4)
    #expect(
      Raster.error(read.frames[1].shrunk(by: 4), mean) < Raster.error(read.frames[0].shrunk(by: 4), mean))
    #expect(Raster.error(read.frames[1].shrunk(by: 4), mean) < 3)
  }

  @Test func theNearestColourIsTheNearest() {
    let random = Self.noise(256 * 3)
    let palette = ColourPalette(
      (0..<256).map { Colour(random[3 * $0], random[3 * $0 + 1], random[3 * $0 + 2]) })
    func distance(_ colour: Colour, _ at: [Int]) -> Int {
      zip([colour.red, colour.green, colour.blue], at).reduce(0) {
        $0 + (Int($1.0) - $1.1) * (Int($1.0) - $1.1)
      }
    }
    for at in stride(from: 0, to: 3_000, by: 3) {
      let asked = Self.noise(3_000, seed: 9)[at..<at + 3].map(Int.init)
      let found = palette.colours[palette.nearest(asked[0], asked[1], asked[2])]
      #expect(distance(found, asked) == palette.colours.map { distance($0, asked) }.min())
    }
  }
}
