/// What gradients are rounded to on their way between ranks.
public enum WirePrecision: String, Codable, CaseIterable, Sendable {
  /// Not at all.
  case fp32
  /// To bfloat16, half the bytes. They are added in fp32, and all ranks get the same bits; but a sum over
  /// ranks is rounded where one over a rank's own slices is not, so another number of ranks gets others.
  case bf16
}
