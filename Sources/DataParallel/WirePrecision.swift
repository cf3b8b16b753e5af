/// What gradients are rounded to on their way between ranks.
package enum WirePrecision: String, Codable, CaseIterable, Sendable {
  /// Not at all.
  case fp32
  /// To bfloat16, half the bytes. Gradients are added in fp32, and all ranks get the same bits. But a sum
  /// over ranks is rounded and a sum over a rank's own slices is not, so a different number of ranks gets
  /// different bits.
  case bf16
}

extension WirePrecision {
  /// The precision that is used where this one was asked for, and a notice for the user; nil: none.
  /// - Parameters:
  ///   - mode: how sums over ranks are taken.
  ///   - ranks: the world size.
  package func settled(mode: ReductionMode, ranks: Int) -> (wire: WirePrecision, notice: String?) {
    guard self == .bf16, ranks > 1 else { return (.fp32, nil) }
    guard mode == .ordered else {
      return (
        .fp32,
        "--wire bf16 needs sums of our own, and these are MPI's (--reduction fast), so gradients travel in fp32"
      )
    }
    return (
      .bf16,
      "gradients travel in bf16; what is not promised then: the same weights, to the bit, as on another number of "
        + "ranks"
    )
  }
}
