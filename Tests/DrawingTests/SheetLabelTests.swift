import Drawing
import Testing

@Suite struct SheetLabelTests {
  /// Twelve pictures of 28 x 28, four in a row, each of one gray.
  private static let pictures: SheetPictures = {
    let bytes = (0..<12).flatMap { [UInt8](repeating: UInt8(60 + $0), count: 28 * 28) }
    return SheetPictures(count: 12, height: 28, width: 28, channels: 1, bytes: bytes)
  }()

  private static func sheet(_ labels: SheetLabels, grey: Double = 0) -> Sheet {
    Sheet(columns: 4, padding: 1, paddingValue: grey, labels: labels)
  }

  /// What is not a picture's or its padding's: how much wider and higher the sheet is, and the margins' pixels.
  private static func margins(
    _ labels: SheetLabels, grey: Double = 0, _ place: SourceLocation = #_sourceLocation
  ) -> (left: Int, top: Int, leftBytes: [UInt8], topBytes: [UInt8]) {
    let plain = sheet(SheetLabels(), grey: grey).draw(pictures)
    let drawn = sheet(labels, grey: grey).draw(pictures)
    let (left, top) = (drawn.width - plain.width, drawn.height - plain.height)
    #expect(
      drawn.cropped(x: left, y: top, width: plain.width, height: plain.height) == plain,
      sourceLocation: place)
    #expect(
      sheet(labels).withoutMargins(drawn, count: 12, width: 28, height: 28) == plain, sourceLocation: place)
    let corner = left > 0 && top > 0 ? drawn.cropped(x: 0, y: 0, width: left, height: top).bytes : []
    #expect(Set(corner).count < 2, sourceLocation: place)
    return (
      left, top,
      left > 0 ? drawn.cropped(x: 0, y: top, width: left, height: plain.height).bytes : [],
      top > 0 ? drawn.cropped(x: left, y: 0, width: plain.width, height: top).bytes : []
    )
  }

  @Test func withoutLabelsThereAreNoMargins() {
    #expect(Self.sheet(SheetLabels()).draw(Self.pictures).width == 117)
    let none = Self.margins(SheetLabels())
    #expect(none.left == 0 && none.top == 0 && SheetLabels().isEmpty)
    // A sheet of another grid has nothing to cut off that is known.
    let other = Raster(width: 50, height: 40)
    let labelled = Self.sheet(SheetLabels(rows: ["a", "b", "c"]))
    #expect(labelled.withoutMargins(other, count: 12, width: 28, height: 28) == other)
  }

  @Test func rowsAreNamedAtTheLeft() {
    let rows = Self.margins(SheetLabels(rows: ["red", "blonde", "blue"]))
    #expect(rows.top == 0 && rows.left > 20)
    // A name beside each row, at the height of its middle, and nothing beside the edges of the pictures.
    for row in 0..<3 {
      let band = rows.leftBytes[((row * 29 + 8) * rows.left)..<((row * 29 + 22) * rows.left)]
      #expect(band.contains { $0 > 200 })
    }
    for row in 0...3 {
      #expect(rows.leftBytes[(row * 29 * rows.left)..<((row * 29 + 1) * rows.left)].max() == 0)
    }
    // The title stands beside the names, if it is not longer than the rows are high.
    let titled = Self.margins(SheetLabels(rowsTitle: "hair", rows: ["red", "blonde", "blue"]))
    #expect(titled.left > rows.left && titled.top == 0)
    let long = Self.margins(
      SheetLabels(rowsTitle: "the colour of the hair", rows: ["red", "blonde", "blue"]))
    #expect(long.leftBytes == rows.leftBytes)
  }

  @Test func columnsAreNamedAbove() {
    let narrow = Self.margins(SheetLabels(columns: ["0", "1", "2", "3"]))
    #expect(narrow.left == 0 && narrow.top > 9 && narrow.top < 28)
    #expect(narrow.topBytes.contains { $0 > 200 })
    // One name that is too wide turns all of them.
    let turned = Self.margins(SheetLabels(columns: ["0", "1", "turquoise", "3"]))
    #expect(turned.top > 50)
    #expect(Self.margins(SheetLabels(columnsTitle: "eyes", columns: ["0", "1", "2", "3"])).top > narrow.top)
    let both = Self.margins(
      SheetLabels(
        title: ["mood = glad"], rowsTitle: "hair", rows: ["a", "b", "c"], columns: ["0", "1", "2", "3"]))
    #expect(both.left > 0 && both.top > narrow.top)
  }

  @Test func theTitleTakesTheLinesThatItNeeds() {
    let one = Self.margins(SheetLabels(title: ["hair = red"]))
    #expect(one.left == 0 && one.top > 9)
    #expect(Self.margins(SheetLabels(title: ["c1 = 3", "c2 = 1"])).top == one.top)
    #expect(Self.margins(SheetLabels(title: ["hair = red", "eyes = brown"])).top == 2 * one.top)
  }

  /// However long a name is, the pictures take most of the sheet.
  @Test func longNamesAreShortened() {
    let name = String(repeating: "very ", count: 30) + "long"
    let long = Self.margins(
      SheetLabels(title: [name], rows: [name, "b", "c"], columns: [name, "1", "2", "3"]))
    #expect(long.left < 150 && long.top < 170)
    // Names of rows and columns that the sheet does not have change nothing.
    let few = Self.margins(SheetLabels(rows: ["a", "b", "c"]))
    #expect(Self.margins(SheetLabels(rows: ["a", "b", "c", name])).left == few.left)
  }

  @Test(arguments: [0, 0.25, 0.4, 0.5, 0.75, 1.0]) func textStandsOutFromThePadding(grey: Double) throws {
    let rows = Self.margins(SheetLabels(rows: ["red", "blonde", "blue"]), grey: grey)
    let (least, most) = try (#require(rows.leftBytes.min()), #require(rows.leftBytes.max()))
    #expect(most - least > 120)
  }
}
