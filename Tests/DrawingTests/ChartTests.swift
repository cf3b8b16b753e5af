import Drawing
import Foundation
import Testing

@Suite struct StrokeFontTests {
  static let printable = (32...126).map { String(UnicodeScalar(UInt8($0))) }

  private static func ink(_ text: String, height: Float, upwards: Bool = false) -> Raster {
    var picture = Raster(width: 80, height: 80, channels: 1)
    let point = upwards ? Point(50, 60) : Point(20, 50)
    StrokeFont.draw(text, at: point, height: height, colour: .black, upwards: upwards, into: &picture)
    return picture
  }

  @Test func everyPrintableCharacterHasAShapeOfItsOwn() {
    var shapes: Set<[UInt8]> = []
    for text in Self.printable {
      let picture = Self.ink(text, height: 28)
      #expect(picture.bytes.contains { $0 < 64 } == (text != " "))
      shapes.insert(picture.bytes)
      // The outer edge of the picture stays free: nothing is drawn far from its place.
      #expect((0..<80).allSatisfy { picture[$0, 0] == .white && picture[0, $0] == .white })
    }
    #expect(shapes.count == 95)
    #expect(Self.ink("é", height: 28) == Self.ink("\u{7f}", height: 28))
    #expect(!shapes.contains(Self.ink("é", height: 28).bytes))
  }

  @Test func widthsAddUp() {
    let parts = ["loss ", "G", " 0.5"]
    let sum = parts.reduce(0) { $0 + StrokeFont.width(of: $1, height: 12) }
    #expect(abs(StrokeFont.width(of: parts.joined(), height: 12) - sum) < 1e-3)
    #expect(StrokeFont.width(of: "", height: 12) == 0)
    #expect(abs(StrokeFont.width(of: "W", height: 24) - 2 * StrokeFont.width(of: "W", height: 12)) < 1e-4)
    #expect(Set("0123456789".map { StrokeFont.width(of: String($0), height: 12) }).count == 1)
  }

  @Test func capitalsAreAsHighAsAsked() {
    let picture = Self.ink("H", height: 20)
    let rows = (0..<80).filter { y in (0..<80).contains { picture[$0, y].red < 128 } }
    // From middle to middle of the strokes; the pen adds a little.
    #expect(rows.count >= 20 && rows.count <= 24)
  }

  @Test func upwardsIsTurnedLeft() {
    let (flat, turned) = (Self.ink("F7", height: 20), Self.ink("F7", height: 20, upwards: true))
    // Both start 0.5 from a pixel's edge, so that the pictures agree pixel by pixel.
    for y in 0..<80 {
      for x in 0..<80 {
        let (turnedX, turnedY) = (y, 80 - x)
        guard turnedY < 80 else { continue }
        if flat[x, y] != turned[turnedX, turnedY] {
          Issue.record("pixel (\(x), \(y)) differs")
          return
        }
      }
    }
  }
}

@Suite struct AxisTicksTests {
  @Test func areNiceNumbers() {
    #expect(AxisTicks(from: 0, to: 10, most: 5).labels == ["0", "2", "4", "6", "8", "10"])
    #expect(AxisTicks(from: 0.13, to: 0.92, most: 5).labels == ["0.2", "0.4", "0.6", "0.8"])
    #expect(AxisTicks(from: 0, to: 1, most: 4).labels == ["0.00", "0.25", "0.50", "0.75", "1.00"])
    #expect(AxisTicks(from: 0, to: 30_000, most: 6).labels.last == "30,000")
    #expect(AxisTicks(from: -1500, to: 1500, most: 3).labels == ["-1,000", "0", "1,000"])
    #expect(AxisTicks(from: 0, to: 2, most: 10, wholeNumbers: true).labels == ["0", "1", "2"])
    #expect(AxisTicks(from: 0, to: 4e12, most: 4).labels == ["0", "1e+12", "2e+12", "3e+12", "4e+12"])
    #expect(AxisTicks(from: 0, to: 4e-8, most: 4).labels.last == "4e-08")
  }

  @Test func neverTrap() {
    #expect(AxisTicks(from: 1, to: 1, most: 5).values == [1])
    #expect(AxisTicks(from: .nan, to: 1, most: 5).values.isEmpty)
    #expect(AxisTicks(from: 1e16, to: 1e16 + 2, most: 5).values.count <= 6)
    #expect(AxisTicks(from: -1e300, to: 1e300, most: 0).values.count <= 3)
  }
}
