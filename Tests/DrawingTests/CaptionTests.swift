import Drawing
import Testing

/// Text below the pictures of a sheet, and sums of pictures.
@Suite struct CaptionTests {
  /// Six pictures of 20 x 24, each of one gray.
  private static let pictures: SheetPictures = {
    let bytes = (0..<6).flatMap { [UInt8](repeating: UInt8(60 + 20 * $0), count: 20 * 24) }
    return SheetPictures(count: 6, height: 24, width: 20, channels: 1, bytes: bytes)
  }()

  @Test func eachPictureHasItsCaptionBelow() {
    let plain = Sheet(columns: 3, padding: 2).draw(Self.pictures)
    let sheet = Sheet(columns: 3, padding: 2, captions: (0..<6).map(String.init))
    let drawn = sheet.draw(Self.pictures)
    #expect(sheet.size(6, width: 20, height: 24) == (drawn.width, drawn.height))
    let strip = (drawn.height - plain.height) / 2
    #expect(drawn.width == plain.width && strip > 8 && strip < 20)
    for index in 0..<6 {
      let (x, y) = (2 + index % 3 * 22, 2 + index / 3 * (26 + strip))
      #expect(drawn.cropped(x: x, y: y, width: 20, height: 24) == Self.pictures[index])
      let below = drawn.cropped(x: x, y: y + 24, width: 20, height: strip)
      #expect((below.bytes.max() ?? 0) > 180 && below.bytes.filter { $0 == 0 }.count > below.bytes.count / 2)
    }
  }

  @Test func longCaptionsWidenTheirColumns() {
    let sheet = Sheet(
      columns: 3, padding: 2, labels: SheetLabels(columns: ["a", "b", "c"]),
      captions: ["1", "2", "123456789", "4", "5", "6"])
    let drawn = sheet.draw(Self.pictures)
    let cell = (drawn.width - 2) / 3
    #expect(cell > 45 && drawn.width == 2 + 3 * cell)
    // The pictures stand in the middle of their columns.
    let top =
      sheet.size(6, width: 20, height: 24).height
      - Sheet(
        columns: 3, padding: 2, captions: sheet.captions
      ).size(6, width: 20, height: 24).height
    #expect(top > 8)
    let (x, y) = (2 + (cell - 22) / 2, top + 2)
    #expect(drawn.cropped(x: x, y: y, width: 20, height: 24) == Self.pictures[0])
    #expect(drawn.cropped(x: x - 2, y: y, width: 2, height: 24).bytes.max() == 0)
  }

  @Test func picturesAreEnlarged() {
    let small = Raster(width: 2, height: 1, channels: 1, bytes: [10, 200])
    #expect(small.enlarged(by: 1) == small)
    #expect(small.enlarged(by: 2).bytes == [10, 10, 200, 200, 10, 10, 200, 200])
  }

  private static func block(_ gray: UInt8, _ width: Int, _ height: Int, channels: Int = 1) -> Raster {
    Raster(width: width, height: height, channels: channels, fill: Colour(gray: gray))
  }

  private static func equation(_ names: [String], channels: Int = 1) -> EquationSheet {
    EquationSheet(
      parts: names.enumerated().map { index, name in
        .init(
          name: name, block: block(UInt8(40 + index), 30, index == 2 ? 90 : 60, channels: channels),
          below: [block(UInt8(80 + index), 28, 28), block(UInt8(120 + index), 28, 28)])
      }, signs: ["-", "="], rows: ["mean z", "pixels"])
  }

  /// The place of the rectangle of one gray, of which letters have single pixels.
  private static func place(of gray: UInt8, _ sheet: Raster) -> PixelRect? {
    let found = (0..<sheet.width * sheet.height).filter { at in
      sheet.bytes[at] == gray && (sheet.bytes[at - 1] == gray || sheet.bytes[at + 1] == gray)
    }
    let (xs, ys) = (found.map { $0 % sheet.width }, found.map { $0 / sheet.width })
    guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max(),
      found.count == (right - left + 1) * (bottom - top + 1)
    else { return nil }
    return PixelRect(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
  }

  @Test func partsOfASumStandSideBySide() throws {
    let drawn = Self.equation(["A", "B", "A - B"]).draw()
    #expect(drawn.channels == 1)
    let blocks = try (40..<43).map { try #require(Self.place(of: $0, drawn)) }
    let rows = try [80, 120].map { first in
      try (first..<first + 3).map { try #require(Self.place(of: UInt8($0), drawn)) }
    }
    #expect(
      blocks.map(\.height) == [60, 60, 90] && blocks.allSatisfy { $0.width == 30 && $0.y == blocks[0].y })
    for row in rows {
      #expect(row.allSatisfy { $0.width == 28 && $0.height == 28 && $0.y == row[0].y })
      for (block, single) in zip(blocks, row) { #expect(single.x == block.x + 1) }
    }
    #expect(rows[0][0].y > blocks[2].y + 90 && rows[1][0].y > rows[0][0].y + 28)
    // Between the pictures of a row there is a sign, between the blocks nothing.
    for row in rows {
      let between = drawn.cropped(x: row[0].x + 28, y: row[0].y, width: row[1].x - row[0].x - 28, height: 28)
      #expect((between.bytes.min() ?? 255) < 120)
    }
    let gap = drawn.cropped(
      x: blocks[0].x + 30, y: blocks[0].y, width: blocks[1].x - blocks[0].x - 30, height: 60)
    #expect(gap.bytes.min() == 255)
  }

  @Test func namesWidenTheirColumnsUpToALimit() {
    let short = Self.equation(["A", "B", "C"]).draw()
    let long = Self.equation(["a smiling woman", "B", "C"]).draw()
    let longest = Self.equation([String(repeating: "a smiling woman ", count: 20), "B", "C"]).draw()
    #expect(long.width > short.width + 30 && longest.width < short.width + 200)
    #expect(long.height == short.height)
    #expect(Self.equation(["A", "B", "C"], channels: 3).draw().channels == 3)
  }
}
