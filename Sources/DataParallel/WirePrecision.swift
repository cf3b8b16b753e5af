/// What gradients are rounded to on their way between ranks.
package enum WirePrecision: String, Codable, CaseIterable, Sendable {
  /// Not at all.
  case fp32
  /// To bfloat16, half the bytes. They are added in fp32, and all ranks get the same bits; but a sum over
  /// ranks is rounded where one over a rank's own slices is not, so another number of ranks gets others.
  case bf16
}

extension WirePrecision {
  /// What gradients are rounded to where this was asked for, and what a person is told about it.
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
