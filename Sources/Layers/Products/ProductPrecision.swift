import CKernels

/// The precision to which the factors of a Winograd form's products are rounded. Sums, weights, and
/// everything that is not such a product are float32 either way.
package enum ProductPrecision: String, Codable, CaseIterable, Sendable {
  /// float32.
  case fp32
  /// bfloat16, with two products per lane and instruction (AVX512_BF16).
  case bf16

  /// Whether this CPU, under the instruction set in use, can multiply it.
  package var isAvailable: Bool { self == .fp32 || ck_has_bf16() != 0 }

  /// Numbers that share the place of one float.
  var numbersPerSlot: Int { self == .bf16 ? 2 : 1 }
  /// What products read, for C.
  var factors: Int32 { Int32(self == .bf16 ? CK_BF16_PAIRS : CK_FLOATS) }
  /// How a transform writes a left factor whose pairs lie along the channels.
  var rows: Int32 { Int32(self == .bf16 ? CK_AS_BF16_ROWS : CK_AS_FLOATS) }
  /// How a transform writes a factor whose pairs lie along its rows.
  var pairs: Int32 { Int32(self == .bf16 ? CK_AS_BF16_PAIRS : CK_AS_FLOATS) }
}
