import Drawing
import Testing

@Suite("Sheets of pairs") struct PairSheetTests {
  private static func plain(_ gray: UInt8, channels: Int = 1) -> Raster {
    Raster(width: 20, height: 16, channels: channels, fill: Colour(gray: gray))
  }

  private static func sheet(
    _ blocks: [PairSheet.Block], title: [String] = [], columns: Int = 3, rows: [String] = ["7", "12"]
  ) -> Raster {
    PairSheet(
      title: title, rowsTitle: "filter", rows: rows, columns: columns, blocks: blocks, nothing: "none"
    ).draw(width: 20, height: 16)
  }

  @Test(
    "Pictures stand in their rows, the second of a pair below the first, and places without a pair are grey")
  func places() {
    let pairs = (0..<4).map { (upper: Self.plain(UInt8(10 + $0)), lower: Self.plain(UInt8(60 + $0))) }
    let drawn = Self.sheet([
      .init(title: "a", rows: [Array(pairs[..<3]), [pairs[3]]]), .init(title: "b", rows: [[], [pairs[0]]]),
    ])
    #expect(drawn.channels == 1)
    /// Where a picture of one grey is; nil: nowhere.
    func place(_ gray: UInt8) -> [Int]? {
      for y in 0...drawn.height - 16 {
        for x in 0...drawn.width - 20
        where drawn.cropped(x: x, y: y, width: 20, height: 16) == Self.plain(gray) {
          return [x, y]
        }
      }
      return nil
    }
    let first = place(10) ?? [-1, -1]
    #expect(place(11) == [first[0] + 22, first[1]] && place(12) == [first[0] + 44, first[1]])
    #expect(place(60) == [first[0], first[1] + 18] && place(63) == [first[0], first[1] + 48 + 18])
    #expect(place(13) == [first[0], first[1] + 34 + 14])
    // All of the second block's first row, and of each block two places of the second one's; letters lie on it.
    let grey = drawn.bytes.count { $0 == 128 }
    #expect(grey <= 64 * 34 + 2 * 42 * 34 && grey > 64 * 34 / 2 + 2 * 42 * 34)
    let size = PairSheet.size(rows: 2, columns: 3, blocks: 2, width: 20, height: 16)
    #expect(drawn.width > size.width && drawn.height == size.height)
  }

  @Test("A sheet is as wide as its title, and in colour if a picture is")
  func title() {
    let pair = (upper: Self.plain(10, channels: 3), lower: Self.plain(60, channels: 3))
    let blocks = [PairSheet.Block(title: "a", rows: [[pair]])]
    let bare = Self.sheet(blocks, columns: 1, rows: ["1"])
    let titled = Self.sheet(
      blocks, title: ["a line that is much longer than one picture is wide"], columns: 1, rows: ["1"])
    #expect(bare.channels == 3 && titled.width > 2 * bare.width && titled.height > bare.height)
    // Text does not reach the right edge.
    #expect((0..<titled.height).allSatisfy { titled[titled.width - 5, $0] == .white })
  }
}
