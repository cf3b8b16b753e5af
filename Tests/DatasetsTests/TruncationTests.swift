import Testing

/// Files that end too early: good where every pixel is there, an error anywhere before, and never other pixels.
@Suite struct TruncationTests {
  private static let pictures: [(name: String, bytes: [UInt8])] =
    MadeJPEG.all + [
      ("colour", Raw.pattern(23, 17, channels: 3).jpeg()), ("gray", Raw.pattern(16, 16, channels: 1).jpeg()),
      ("CMYK", Raw.pattern(12, 9, channels: 4).jpeg(quality: 70)),
    ]

  /// What a file that was cut to `length` bytes gives; nil for an error, which has to say that it is cut.
  private func cut(_ file: [UInt8], to length: Int, channels: Int = 3) -> Raw? {
    do {
      return try decode(Array(file[..<length]), channels: channels)
    } catch {
      let text = (error as? CodecError)?.text ?? ""
      #expect(length < 8 || text.hasSuffix(" is truncated"), "cut to \(length): \(text)")
      return nil
    }
  }

  @Test func aJPEGMayLackItsEndMarkerAndNothingElse() throws {
    for (name, bytes) in Self.pictures {
      for channels in [1, 3] {
        let whole = try decode(bytes, channels: channels)
        #expect(bytes.suffix(2) == [0xFF, 0xD9])
        for length in 0...bytes.count {
          // Nothing tells where arithmetic coding ends.
          let isWhole = length >= bytes.count - (name == "arithmetic" ? 0 : 2)
          #expect(
            cut(bytes, to: length, channels: channels) == (isWhole ? whole : nil), "\(name) cut to \(length)")
        }
      }
    }
  }

  @Test func whatComesBehindTheEndIsOfNoAccount() throws {
    for (name, bytes) in Self.pictures {
      let whole = try decode(bytes)
      for tail: [UInt8] in [[0], [0, 0, 0], [1, 2, 3], [0xFF], [0xFF, 0xD9], [0xFF, 0xD8, 0xFF, 0xE0, 0]] {
        #expect(try decode(bytes + tail) == whole, "\(name)")
      }
    }
  }

  @Test func aJPEGThatWasFilledUpIsCutAllTheSame() throws {
    for (name, bytes) in Self.pictures where name != "arithmetic" {
      let whole = try decode(bytes)
      // As a disk's block is filled, behind the last pixel.
      #expect(try decode(bytes.dropLast(2) + [UInt8](repeating: 0, count: 40)) == whole, "\(name)")
      for missing in 3...40 {
        for filling in [missing, 500] {
          let filled = bytes.dropLast(missing) + [UInt8](repeating: 0, count: filling)
          #expect(throws: CodecError(text: "the JPEG is truncated"), "\(name), \(missing)") {
            try decode(Array(filled))
          }
        }
      }
    }
  }

  @Test func aJPEGThatGoesOnWithOtherDataIsNoGoodOne() throws {
    let bytes = Raw.pattern(61, 47, channels: 3).jpeg()
    // The bytes of another place of it.
    for length in stride(from: bytes.count / 2, to: bytes.count - 60, by: 7) {
      let other = bytes[(bytes.count / 3)..<(bytes.count / 3 + 50)].map { $0 == 0xFF ? 0x55 : $0 }
      #expect(throws: CodecError.self) { try decode(Array(bytes[..<length]) + other) }
    }
  }

  @Test func aPNGMayLackWhatFollowsItsPixels() throws {
    let header = CodecTests.big(9) + CodecTests.big(7) + [8, 0, 0, 0, 0]
    let gray = Raw.pattern(9, 7, channels: 1)
    let lines = (0..<7).flatMap { row -> [UInt8] in [0] + gray.pixels[9 * row..<9 * row + 9] }
    let rows = CodecTests.stored(lines)
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let start: [UInt8] = signature + CodecTests.chunk("IHDR", header)
    // Two chunks of pixels, and a text after them.
    let pixels = CodecTests.chunk("IDAT", Array(rows[..<30])) + CodecTests.chunk("IDAT", Array(rows[30...]))
    let end = CodecTests.chunk("tEXt", Array("a\0b".utf8)) + CodecTests.chunk("IEND", [])
    let made: [UInt8] = start + pixels + end
    for (bytes, behind) in [
      (Raw.pattern(23, 17, channels: 3).png(), 12), (Raw.pattern(16, 16, channels: 1).png(), 12),
      (made, 12 + 15),
    ] {
      let whole = try decode(bytes)
      for length in 0...bytes.count {
        #expect(cut(bytes, to: length) == (length >= bytes.count - behind ? whole : nil), "cut to \(length)")
      }
    }
    // Pixels are only as good as their checksum.
    var wrong = made
    wrong[start.count + pixels.count - 1] ^= 1
    #expect(throws: CodecError.self) { try decode(Array(wrong.dropLast(12 + 15))) }
  }
}
