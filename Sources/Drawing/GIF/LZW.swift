/// LZW as in GIF: codes of growing width up to 12 bits, low bits first, with a code that clears the table and a code
/// that ends the stream.
package enum LZW {
  private static let widest = 12

  /// Compresses bytes that are each below 2^bits.
  /// - Parameter bits: 2 to 8.
  package static func compress(_ bytes: [UInt8], bits: Int) -> [UInt8] {
    precondition((2...8).contains(bits), "GIF's codes begin at 2 to 8 bits")
    var out = BitWriter()
    out.reserve(bytes.count)
    var table = Table()
    let clear = 1 << bits
    var width = bits + 1
    var next = clear + 2
    out.append(clear, width: width)
    guard var prefix = bytes.first.map(Int.init) else {
      out.append(clear + 1, width: width)
      return out.finished()
    }
    for byte in bytes.dropFirst() {
      if let longer = table.code(of: prefix, byte) {
        prefix = longer
        continue
      }
      out.append(prefix, width: width)
      if next < 1 << widest {
        table.add(prefix, byte, code: next)
        // A decoder adds each entry one code later than the encoder, so codes get wider only after this one.
        if next == 1 << width, width < widest { width += 1 }
        next += 1
      } else {
        out.append(clear, width: width)
        table.clear()
        width = bits + 1
        next = clear + 2
      }
      prefix = Int(byte)
    }
    out.append(prefix, width: width)
    if next == 1 << width, width < widest { width += 1 }
    out.append(clear + 1, width: width)
    return out.finished()
  }

  /// The codes of sequences. The key of a sequence is the code of all bytes but the last, with the last byte.
  private struct Table {
    // Open addressing, at most a quarter full. 0 is a free place; any other value holds the key, the code in its
    // lowest 16 bits, and a set bit above the key.
    private var places = [UInt64](repeating: 0, count: 1 << 14)

    private static func key(_ prefix: Int, _ byte: UInt8) -> UInt64 { UInt64(prefix) << 8 | UInt64(byte) }

    private func place(_ key: UInt64) -> Int {
      var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 50)
      while places[place] != 0, places[place] >> 16 != key | 1 << 20 { place = (place + 1) & (1 << 14 - 1) }
      return place
    }

    func code(of prefix: Int, _ byte: UInt8) -> Int? {
      let entry = places[place(Self.key(prefix, byte))]
      return entry == 0 ? nil : Int(entry & 0xFFFF)
    }

    mutating func add(_ prefix: Int, _ byte: UInt8, code: Int) {
      let key = Self.key(prefix, byte)
      places[place(key)] = (key | 1 << 20) << 16 | UInt64(code)
    }

    mutating func clear() {
      for place in places.indices { places[place] = 0 }
    }
  }

  /// Packs codes into bytes, low bits first.
  private struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending: UInt32 = 0
    private var count = 0

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func append(_ code: Int, width: Int) {
      pending |= UInt32(code) << UInt32(count)
      count += width
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        count -= 8
      }
    }

    mutating func finished() -> [UInt8] {
      if count > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
      return bytes
    }
  }
}
