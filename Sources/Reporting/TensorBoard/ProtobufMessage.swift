/// A message in the wire format of Protocol Buffers, written field by field: a key of number and kind, then the value.
package struct ProtobufMessage {
  /// The message so far.
  package private(set) var bytes: [UInt8] = []

  // The kinds of values that we write.
  private enum Kind: UInt64 {
    case varint = 0
    case fixed64 = 1
    case length = 2
    case fixed32 = 5
  }

  /// A message without fields.
  package init() {}

  /// Adds an integer field (int32, int64, an enum).
  package mutating func add(_ field: Int, integer value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// Adds a double field.
  package mutating func add(_ field: Int, double value: Double) {
    key(field, .fixed64)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a float field.
  package mutating func add(_ field: Int, float value: Float) {
    key(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds a field of bytes.
  package mutating func add(_ field: Int, bytes value: [UInt8]) {
    key(field, .length)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Adds a field of text.
  package mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

  /// Adds a field that is itself a message.
  package mutating func add(_ field: Int, message: ProtobufMessage) { add(field, bytes: message.bytes) }

  private mutating func key(_ field: Int, _ kind: Kind) { varint(UInt64(field) << 3 | kind.rawValue) }

  // Seven bits a byte, the low ones first; the high bit says that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
