/// The checksum of TFRecord files: CRC-32C (Castagnoli's polynomial, RFC 3720 section 12.1), with TensorFlow's mask.
package enum CRC32C {
  // The remainder of each byte value, for the reversed polynomial.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  /// The checksum of these bytes, unmasked; for the text "123456789" it is 0xE3069283.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      ~bytes.reduce(~0) { value, byte in table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
    }
  }

  /// The checksum as TFRecord files hold it: rotated right by 15 bits, plus a constant. The mask is there because a
  /// checksum of bytes that contain their own checksum detects errors badly.
  package static func masked(_ bytes: [UInt8]) -> UInt32 {
    let value = checksum(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
