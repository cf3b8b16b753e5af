/// The type of a tensor's elements, by the names of the safetensors format.
package enum SafetensorsType: String, Sendable, CaseIterable {
  /// 64-bit floating point.
  case float64 = "F64"
  /// 32-bit floating point.
  case float32 = "F32"
  /// 16-bit floating point of IEEE 754.
  case float16 = "F16"
  /// The upper half of a 32-bit floating-point number.
  case bfloat16 = "BF16"
  /// Signed 64-bit integer.
  case int64 = "I64"
  /// Signed 32-bit integer.
  case int32 = "I32"
  /// Signed 16-bit integer.
  case int16 = "I16"
  /// Signed 8-bit integer.
  case int8 = "I8"
  /// Unsigned 64-bit integer.
  case uint64 = "U64"
  /// Unsigned 32-bit integer.
  case uint32 = "U32"
  /// Unsigned 16-bit integer.
  case uint16 = "U16"
  /// Unsigned 8-bit integer.
  case uint8 = "U8"
  /// A byte that is 0 or 1.
  case bool = "BOOL"

  /// The size of one element in bytes.
  package var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// The rank of the type in the order of a file: tensors of the highest rank come first. Wide types come before narrow
  /// ones, so that every tensor lies at a multiple of its element's size. Types of one size are in the order of the
  /// `safetensors` library, so that both write the same bytes.
  var place: Int {
    switch self {
    case .bool: 0
    case .uint8: 1
    case .int8: 2
    case .int16: 3
    case .uint16: 4
    case .float16: 5
    case .bfloat16: 6
    case .int32: 7
    case .uint32: 8
    case .float32: 9
    case .float64: 10
    case .int64: 11
    case .uint64: 12
    }
  }
}

/// The entry of one tensor in a file's header.
package struct TensorDescription: Equatable, Sendable {
  /// The tensor's name, such as `generator.main.0.weight`.
  package let name: String
  /// The type of its elements.
  package let type: SafetensorsType
  /// Its dimensions, outermost first; empty for a single number.
  package let shape: [Int]
  /// The offsets of its bytes, counted from the end of the file's header.
  package let bytes: Range<Int>

  /// The number of its elements.
  package var count: Int { bytes.count / type.byteCount }

  /// The size in bytes of a tensor of this type and shape; nil if it overflows or a dimension is negative.
  static func byteCount(type: SafetensorsType, shape: [Int]) -> Int? {
    // A dimension of 0 makes the tensor empty, even if the product of the others would overflow.
    if shape.contains(0) { return 0 }
    var total = type.byteCount
    for extent in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: extent)
      if overflow || extent < 0 { return nil }
      total = product
    }
    return total
  }
}
