import CImageCodecs
import Datasets
import Foundation

/// Decoded or made pixels.
struct Raw: Equatable {
  var width: Int
  var height: Int
  var channels: Int
  var pixels: [UInt8]

  /// A smooth picture with some structure, different for every `kind`.
  static func pattern(_ width: Int, _ height: Int, channels: Int, kind: Int = 0) -> Raw {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          pixels.append(UInt8((x * (3 + c) + y * (5 - c) + kind * 37 + (x / 7 + y / 5) % 2 * 40) % 256))
        }
      }
    }
    return Raw(width: width, height: height, channels: channels, pixels: pixels)
  }

  func png() -> [UInt8] { encoded { cimage_png_encode(pixels, $0, $1, $2, $3, $4, nil, 0) } }
  func jpeg(quality: Int32 = 90) -> [UInt8] {
    encoded { cimage_jpeg_encode(pixels, $0, $1, $2, quality, $3, $4, nil, 0) }
  }

  private typealias Block = UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
  private func encoded(_ encode: (Int32, Int32, Int32, Block, UnsafeMutablePointer<Int>) -> Int32) -> [UInt8]
  {
    var block: UnsafeMutablePointer<UInt8>?
    var size = 0
    guard encode(Int32(width), Int32(height), Int32(channels), &block, &size) == 0 else { return [] }
    defer { cimage_free(block) }
    return Array(UnsafeBufferPointer(start: block, count: size))
  }
}

/// Why a file could not be decoded.
struct CodecError: Error, Equatable {
  let text: String
}

/// Decodes with the C function itself.
func decode(_ bytes: [UInt8], channels: Int = 3) throws -> Raw {
  var block: UnsafeMutablePointer<UInt8>?
  var width: Int32 = 0
  var height: Int32 = 0
  var error = [CChar](repeating: 0, count: 200)
  guard cimage_decode(bytes, bytes.count, Int32(channels), &block, &width, &height, &error, error.count) == 0
  else {
    throw CodecError(
      text: String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
  defer { cimage_free(block) }
  let count = Int(width) * Int(height) * channels
  return Raw(
    width: Int(width), height: Int(height), channels: channels,
    pixels: Array(UnsafeBufferPointer(start: block, count: count)))
}

extension PictureDataset {
  /// Draws into a new array.
  func picture(_ index: Int) throws -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: bytesPerPicture)
    _ = try pixels.withUnsafeMutableBufferPointer { try draw(index, into: $0.baseAddress!) }
    return pixels
  }
}

/// A data set whose every picture has bytes of its own, and that can be told to fail.
struct Numbered: PictureDataset {
  var count: Int
  var size = 4
  var channels = 3
  var labels: LabelTable?
  var failure: @Sendable (Int) -> DatasetError? = { _ in nil }
  var describe: String { "numbers" }
  var fingerprint: UInt64 { UInt64(count) }

  func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    if let error = failure(index) { throw error }
    for i in 0..<bytesPerPicture { pixels[i] = UInt8(truncatingIfNeeded: index &* 31 &+ i) }
    return index
  }
}

/// How far counts are from being even, as Pearson measures it.
func chiSquared(_ counts: [Int], mean: Double) -> Double {
  var sum = 0.0
  for count in counts {
    let difference = Double(count) - mean
    sum += difference * difference / mean
  }
  return sum
}
