import Datasets
import Testing

@Suite struct ResizerTests {
  static func resize(_ source: Raw, fit: Fit, size: Int) -> [UInt8] {
    var out = [UInt8](repeating: 77, count: size * size * source.channels)
    PictureResizer.resize(
      source.pixels, width: source.width, height: source.height, channels: source.channels, fit: fit,
      into: &out,
      size: size)
    return out
  }

  /// The mean of the input that an output pixel covers, or the linear interpolation, in double and without
  /// thought for speed. Output place `o` of `output` on a side of `input`: the share of each input place.
  static func shares(_ o: Int, _ input: Int, _ output: Int) -> [Double] {
    var shares = [Double](repeating: 0, count: input)
    let scale = Double(input) / Double(output)
    if input > output {
      for i in 0..<input {
        shares[i] =
          max(0, min(Double(o + 1) * scale, Double(i + 1)) - max(Double(o) * scale, Double(i))) / scale
      }
    } else {
      let centre = min(max((Double(o) + 0.5) * scale - 0.5, 0), Double(input - 1))
      let low = Int(centre)
      shares[low] += 1 - (centre - Double(low))
      if low + 1 < input { shares[low + 1] += centre - Double(low) }
    }
    return shares
  }

  static func reference(_ s: Raw, _ x: Int, _ y: Int, _ c: Int, width: Int, height: Int) -> Double {
    let across = shares(x, s.width, width)
    let down = shares(y, s.height, height)
    var sum = 0.0
    for j in 0..<s.height where down[j] > 0 {
      for i in 0..<s.width where across[i] > 0 {
        sum += down[j] * across[i] * Double(s.pixels[(j * s.width + i) * s.channels + c])
      }
    }
    return sum
  }

  @Test(arguments: [(64, 64), (96, 96), (100, 37), (17, 23), (31, 200), (1, 1), (5, 64), (65, 63)])
  func stretchIsTheAreaMean(width: Int, height: Int) {
    for channels in [1, 3] {
      let source = Raw.pattern(width, height, channels: channels)
      for size in [1, 7, 32, 64] {
        let out = Self.resize(source, fit: .stretch, size: size)
        for (x, y) in [(0, 0), (size - 1, size - 1), (size / 2, size / 3), (size / 5, size - 1)] {
          for c in 0..<channels {
            let wanted = Self.reference(source, x, y, c, width: size, height: size)
            #expect(abs(Double(out[(y * size + x) * channels + c]) - wanted) <= 0.51)
          }
        }
      }
    }
  }

  @Test func aConstantStaysItself() {
    for value: UInt8 in [0, 1, 127, 254, 255] {
      let source = Raw(
        width: 91, height: 53, channels: 3, pixels: [UInt8](repeating: value, count: 91 * 53 * 3))
      for fit in [Fit.stretch, .resizeAndCrop] {
        #expect(Self.resize(source, fit: fit, size: 40).allSatisfy { $0 == value })
        #expect(Self.resize(source, fit: fit, size: 120).allSatisfy { $0 == value })
      }
    }
  }

  @Test func halvingIsTheMeanOfFour() {
    let source = Raw(width: 2, height: 2, channels: 1, pixels: [10, 20, 30, 41])
    #expect(Self.resize(source, fit: .stretch, size: 1) == [25])
  }

  @Test func cropOrPadMovesPixelsOnly() {
    let source = Raw(width: 5, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(Self.resize(source, fit: .cropOrPad, size: 3) == [2, 3, 4, 7, 8, 9, 0, 0, 0])
    #expect(
      Self.resize(source, fit: .cropOrPad, size: 6).enumerated().filter { $1 > 0 }.map(\.offset)
        == [12, 13, 14, 15, 16, 18, 19, 20, 21, 22])
  }

  @Test func cropKeepsTheMiddle() {
    let source = Raw.pattern(96, 48, channels: 3)
    let out = Self.resize(source, fit: .resizeAndCrop, size: 24)
    for (x, y) in [(0, 0), (23, 23), (7, 15)] {
      let wanted = Self.reference(source, x + 12, y, 1, width: 48, height: 24)
      #expect(abs(Double(out[(y * 24 + x) * 3 + 1]) - wanted) <= 0.51)
    }
    let tall = Raw.pattern(30, 50, channels: 1)
    let large = Self.resize(tall, fit: .resizeAndCrop, size: 60)
    let wanted = Self.reference(tall, 5, 9 + 20, 0, width: 60, height: 100)
    #expect(abs(Double(large[9 * 60 + 5]) - wanted) <= 0.51)
  }
}
