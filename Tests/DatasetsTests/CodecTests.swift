import CImageCodecs
import Testing

@Suite struct CodecTests {
  /// Writing a PNG by hand, so that kinds are covered that our encoder does not write.
  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return big(UInt32(data.count)) + body + big(~crc)
  }

  static func big(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 255) } }

  /// zlib's format with one stored block.
  static func stored(_ data: [UInt8]) -> [UInt8] {
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in data {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    let n = UInt16(data.count)
    let header: [UInt8] = [0x78, 0x01, 1, UInt8(n & 255), UInt8(n >> 8), UInt8(~n & 255), UInt8(~n >> 8)]
    return header + data + big(b << 16 | a)
  }

  static func png(
    _ width: Int, _ height: Int, depth: UInt8, type: UInt8, rows: [[UInt8]], extra: [[UInt8]] = []
  ) -> [UInt8] {
    let header = big(UInt32(width)) + big(UInt32(height)) + [depth, type, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + extra.flatMap { $0 }
      + chunk("IDAT", stored(rows.flatMap { [0] + $0 })) + chunk("IEND", [])
  }

  @Test(arguments: [1, 3]) func pngComesBackExactly(channels: Int) throws {
    let picture = Raw.pattern(37, 23, channels: channels)
    let file = picture.png()
    #expect(try decode(file, channels: channels) == picture)
    #expect(file == picture.png(), "equal pixels are equal files")
    #expect(!file.isEmpty && !String(decoding: file, as: UTF8.self).contains("tIME"))
  }

  @Test func jpegComesBackClosely() throws {
    for channels in [1, 3] {
      // Smooth, so that little is lost.
      var picture = Raw.pattern(40, 24, channels: channels)
      for i in picture.pixels.indices { picture.pixels[i] = UInt8(i / channels % 40 * 3 + 40) }
      let back = try decode(picture.jpeg(quality: 95), channels: channels)
      #expect(back.width == 40 && back.height == 24)
      #expect(zip(back.pixels, picture.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 6 })
    }
  }

  @Test func channelsAreConverted() throws {
    let colour = Raw.pattern(9, 5, channels: 3)
    let gray = try decode(colour.png(), channels: 1)
    for i in gray.pixels.indices {
      let rgb = (0..<3).map { Double(colour.pixels[3 * i + $0]) }
      #expect(abs(Double(gray.pixels[i]) - (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2])) <= 0.6)
    }
    let plain = Raw.pattern(9, 5, channels: 1)
    #expect(try decode(plain.png(), channels: 3).pixels == plain.pixels.flatMap { [$0, $0, $0] })
  }

  @Test func unusualPNGs() throws {
    let palette = Self.chunk("PLTE", [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7])
    let indexed = Self.png(4, 1, depth: 2, type: 3, rows: [[0b00_01_10_11]], extra: [palette])
    #expect(try decode(indexed).pixels == [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7])
    let clear = Self.png(
      4, 1, depth: 2, type: 3, rows: [[0b00_01_10_11]], extra: [palette, Self.chunk("tRNS", [0, 255])])
    #expect(
      try decode(clear).pixels == [255, 255, 255, 0, 255, 0, 0, 0, 255, 9, 8, 7], "transparent shows white")
    let alpha = Self.png(2, 1, depth: 8, type: 6, rows: [[200, 100, 0, 255, 200, 100, 0, 51]])
    #expect(try decode(alpha).pixels == [200, 100, 0, 244, 224, 204])
    let deep = Self.png(2, 1, depth: 16, type: 0, rows: [[0x80, 0x80, 0xFF, 0xFF]])
    #expect(try decode(deep, channels: 1).pixels == [128, 255])
    let grayAlpha = Self.png(2, 1, depth: 8, type: 4, rows: [[10, 255, 10, 0]])
    #expect(try decode(grayAlpha, channels: 1).pixels == [10, 255])
    let bits = Self.png(8, 1, depth: 1, type: 0, rows: [[0b1010_0101]])
    #expect(try decode(bits, channels: 1).pixels == [255, 0, 255, 0, 0, 255, 0, 255])
  }

  @Test func cmykJPEG() throws {
    // No ink anywhere, as Adobe writes it: 255.
    let white = Raw(width: 16, height: 16, channels: 4, pixels: [UInt8](repeating: 255, count: 1024)).jpeg()
    #expect(try decode(white).pixels.allSatisfy { $0 >= 253 })
    let cyan = Raw(
      width: 16, height: 16, channels: 4, pixels: (0..<1024).map { $0 % 4 == 0 ? 0 : 255 }
    ).jpeg(quality: 98)
    let pixels = try decode(cyan).pixels
    #expect(pixels[0] <= 4 && pixels[1] >= 250 && pixels[2] >= 250)
  }

  @Test func garbledFilesNeverCrash() {
    var number: UInt32 = 12345
    func next() -> Int {
      number = number &* 1_664_525 &+ 1_013_904_223
      return Int(number >> 8)
    }
    for file in [Raw.pattern(33, 20, channels: 3).png(), Raw.pattern(33, 20, channels: 3).jpeg()] {
      for _ in 0..<500 {
        var broken = file
        for _ in 0..<3 { broken[next() % broken.count] = UInt8(next() & 255) }
        _ = try? decode(broken)
      }
    }
  }

  @Test func noisePretendingToBeAPicture() {
    for start: [UInt8] in [[0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]] {
      #expect(throws: CodecError.self) { try decode(start + (0..<1000).map { UInt8($0 * 7 % 251) }) }
    }
    #expect(throws: CodecError(text: "the file is empty")) { try decode([]) }
    #expect(throws: CodecError(text: "the file is neither a JPEG nor a PNG")) {
      try decode(Array("GIF89a".utf8))
    }
  }

  @Test func absurdSizesAreRefusedBeforeMemoryIsTaken() {
    let huge = Self.png(20_000, 20_000, depth: 8, type: 0, rows: [[0]])
    do {
      _ = try decode(huge)
      Issue.record("a picture of 400 million pixels was decoded")
    } catch {
      #expect("\(error)".contains("20000 x 20000"))
    }
  }

  @Test func probeReadsTheHeaderAlone() {
    let file = Array(Raw.pattern(61, 47, channels: 3).jpeg().prefix(700))
    var kind: Int32 = 0
    var width: Int32 = 0
    var height: Int32 = 0
    #expect(cimage_probe(file, file.count, &kind, &width, &height, nil, 0) == 0)
    #expect(Int(kind) == Int(CIMAGE_JPEG) && width == 61 && height == 47)
    let png = Array(Raw.pattern(61, 47, channels: 1).png().prefix(60))
    #expect(cimage_probe(png, png.count, &kind, &width, &height, nil, 0) == 0)
    #expect(Int(kind) == Int(CIMAGE_PNG) && width == 61 && height == 47)
    #expect(cimage_probe([1, 2, 3], 3, &kind, &width, &height, nil, 0) == -1)
  }

  @Test func badRequestsToEncode() {
    var block: UnsafeMutablePointer<UInt8>?
    var size = 0
    #expect(cimage_png_encode([0], 1, 1, 2, &block, &size, nil, 0) == -1 && block == nil)
    #expect(cimage_png_encode([0], 0, 1, 1, &block, &size, nil, 0) == -1)
    #expect(cimage_jpeg_encode([0], 70_000, 1, 1, 90, &block, &size, nil, 0) == -1)
  }
}
