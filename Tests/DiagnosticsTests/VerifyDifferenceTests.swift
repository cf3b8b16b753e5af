import Diagnostics
import Testing

/// What counts as a difference between two ways of computing one training, and which is named.
@Suite struct VerifyDifferenceTests {
  private static let tensors = [
    "generator.main.0.weight", "generator.main.0.weight.m", "discriminator.main.0.weight",
  ]

  private static func recording(_ steps: Int = 3) -> VerifyRecording {
    VerifyRecording(
      tensors: tensors,
      steps: (0..<steps).map { step in
        VerifyRecording.Step(
          hashes: tensors.indices.map { UInt64(100 * step + $0) },
          metrics: VerifyRecording.metrics.indices.map { Double(step) + 0.25 * Double($0) })
      })
  }

  @Test func equalRecordingsDoNotDiffer() {
    #expect(VerifyDifference.first(of: Self.recording(), against: Self.recording()) == nil)
    #expect(VerifyDifference.first(of: Self.recording(0), against: Self.recording(0)) == nil)
  }

  @Test func theFirstStepIsNamedAndInItTheFirstTensor() {
    var changed = Self.recording()
    changed.steps[1].hashes[2] = 0xabc
    changed.steps[1].hashes[1] = 0xdef
    changed.steps[1].metrics[3] += 1
    changed.steps[2].hashes[0] += 1
    let found = VerifyDifference.first(of: changed, against: Self.recording())
    #expect(found?.step == 2 && found?.name == "generator.main.0.weight.m")
    #expect(found?.own == "0x0000000000000def" && found?.other == "0x0000000000000065")
    #expect(found?.tensors == 2 && found?.metrics == 1)
  }

  @Test func aMetricIsNamedWhereAllTensorsAgree() {
    var changed = Self.recording()
    changed.steps[2].metrics[6] = 3.5.nextUp
    let found = VerifyDifference.first(of: changed, against: Self.recording())
    #expect(found?.name == "grad_norm_d" && found?.step == 3)
    #expect(found?.own == "3.5000000000000004" && found?.other == "3.5")
    #expect(found?.tensors == 0 && found?.metrics == 1)
  }

  /// To the bit: values that compare as equal, or never do, are told by their bits.
  @Test func metricsAreComparedByTheirBits() {
    var (zero, negative) = (Self.recording(1), Self.recording(1))
    zero.steps[0].metrics[0] = 0
    negative.steps[0].metrics[0] = -0.0
    #expect(VerifyDifference.first(of: zero, against: negative)?.name == "loss_d_real")
    zero.steps[0].metrics[0] = .nan
    #expect(VerifyDifference.first(of: zero, against: zero) == nil)
  }

  @Test(arguments: [
    (UInt64(0), "0x0000000000000000"), (1, "0x0000000000000001"), (0x10, "0x0000000000000010"),
    (.max, "0xffffffffffffffff"),
  ])
  func hashesHaveSixteenDigits(value: UInt64, text: String) {
    let (own, other) = (
      VerifyRecording(tensors: ["w"], steps: [.init(hashes: [value], metrics: [])]),
      VerifyRecording(tensors: ["w"], steps: [.init(hashes: [~value], metrics: [])])
    )
    #expect(VerifyDifference.first(of: own, against: other)?.own == text)
  }
}
