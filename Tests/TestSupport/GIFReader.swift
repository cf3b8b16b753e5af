import Drawing
import Foundation
import Testing

/// Reads GIF files with none of the writer's code.
package struct GIFReader {
  package var width = 0
  package var height = 0
  package var loops = false
  /// Centiseconds of each frame.
  package var delays: [Int] = []
  package var frames: [Raster] = []
  private var bytes: ArraySlice<UInt8>

  /// Reads a whole file; a fault in it ends the test.
  package init(_ file: [UInt8]) throws {
    bytes = file[...]
    let signature = try take(6)
    try #require(signature == Array("GIF89a".utf8))
    width = try number()
    height = try number()
    let flags = try take(3)[0]
    try #require(flags & 0x80 == 0, "there is a palette for all")
    while true {
      switch try take(1)[0] {
      case 0x21: try readExtension()
      case 0x2C: try readFrame()
      case 0x3B:
        try #require(bytes.isEmpty, "something is after the end")
        return
      case let other: try #require(Bool(false), "a block begins with \(other)")
      }
    }
  }

  private mutating func take(_ count: Int) throws -> [UInt8] {
    try #require(bytes.count >= count, "the file is cut off")
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  private mutating func number() throws -> Int {
    let two = try take(2)
    return Int(two[0]) | Int(two[1]) << 8
  }

  private mutating func blocks() throws -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let count = Int(try take(1)[0])
      if count == 0 { return all }
      all += try take(count)
    }
  }

  private mutating func readExtension() throws {
    let kind = try take(1)[0]
    let content = try blocks()
    if kind == 0xF9 { delays.append(Int(content[1]) | Int(content[2]) << 8) }
    if kind == 0xFF {
      loops = content.starts(with: Array("NETSCAPE2.0".utf8)) && content.suffix(3) == [1, 0, 0]
    }
  }

  private mutating func readFrame() throws {
    let place = [try number(), try number(), try number(), try number()]
    try #require(place == [0, 0, width, height])
    let flags = try take(1)[0]
    try #require(flags & 0xC0 == 0x80, "a frame has its own palette and is not interlaced")
    let palette = try take(3 << (Int(flags & 7) + 1))
    let bits = Int(try take(1)[0])
    let places = try Self.decompress(try blocks(), bits: bits)
    try #require(places.count == width * height)
    let pixels = places.flatMap { palette[3 * Int($0)..<3 * Int($0) + 3] }
    frames.append(Raster(width: width, height: height, channels: 3, bytes: pixels))
  }

  /// LZW with the sequences written out, as the format's description tells it.
  package static func decompress(_ bytes: [UInt8], bits: Int) throws -> [UInt8] {
    let clear = 1 << bits
    var sequences: [[UInt8]] = []
    var width = bits + 1
    var last: [UInt8]?
    var out: [UInt8] = []
    var at = 0
    func reset() {
      sequences = (0..<clear).map { [UInt8($0)] } + [[], []]
      width = bits + 1
      last = nil
    }
    reset()
    while true {
      try #require(at + width <= bytes.count * 8, "the stream has no end")
      var code = 0
      for bit in 0..<width where bytes[(at + bit) / 8] >> UInt8((at + bit) % 8) & 1 == 1 { code |= 1 << bit }
      at += width
      if code == clear {
        reset()
      } else if code == clear + 1 {
        try #require((at + 7) / 8 == bytes.count, "something is after the end")
        return out
      } else {
        try #require(code < sequences.count || (code == sequences.count && last != nil), "a code is unknown")
        let sequence = code < sequences.count ? sequences[code] : last! + [last![0]]
        out += sequence
        if let last, sequences.count < 4096 { sequences.append(last + [sequence[0]]) }
        last = sequence
        if sequences.count == 1 << width, width < 12 { width += 1 }
      }
    }
  }
}
