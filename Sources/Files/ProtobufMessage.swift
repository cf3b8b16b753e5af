/// A message in the wire format of Protocol Buffers. Each field is a key, made of its number and kind, and a value.
package struct ProtobufMessage {
  /// The bytes of the fields added so far.
  package private(set) var bytes: [UInt8] = []

  // The wire types that are written here.
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
    value.withUnsafeBytes { add(field, bytes: $0) }
  }

  /// Adds a field of bytes.
  package mutating func add(_ field: Int, bytes value: UnsafeRawBufferPointer) {
    key(field, .length)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Adds a field of text.
  package mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

  /// Adds a field that is itself a message.
  package mutating func add(_ field: Int, message: ProtobufMessage) { add(field, bytes: message.bytes) }

  private mutating func key(_ field: Int, _ kind: Kind) { varint(UInt64(field) << 3 | kind.rawValue) }

  // Seven bits in each byte, low bits first; a set high bit means that another byte follows.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
