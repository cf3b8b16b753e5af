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
  /// 64-bit integer with a sign.
  case int64 = "I64"
  /// 32-bit integer with a sign.
  case int32 = "I32"
  /// 16-bit integer with a sign.
  case int16 = "I16"
  /// 8-bit integer with a sign.
  case int8 = "I8"
  /// 64-bit integer without a sign.
  case uint64 = "U64"
  /// 32-bit integer without a sign.
  case uint32 = "U32"
  /// 16-bit integer without a sign.
  case uint16 = "U16"
  /// Byte.
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

  /// Tensors of the highest place come first in a file: wide types first, so that all lie at multiples of
  /// their size. The order among types of one size is that of the `safetensors` library, so that files agree
  /// to the byte.
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

/// What a file says of one tensor.
package struct TensorDescription: Equatable, Sendable {
  /// The tensor's name, `generator.main.0.weight`.
  package let name: String
  /// The type of its elements.
  package let type: SafetensorsType
  /// Its extents, outermost first; empty for a single number.
  package let shape: [Int]
  /// Where its bytes lie, counted from the end of the file's header.
  package let bytes: Range<Int>

  /// The number of its elements.
  package var count: Int { bytes.count / type.byteCount }

  /// The bytes that a tensor of this type and shape takes, or nil where they are more than can be counted.
  static func byteCount(type: SafetensorsType, shape: [Int]) -> Int? {
    // A zero extent empties the tensor, however large the others are.
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
