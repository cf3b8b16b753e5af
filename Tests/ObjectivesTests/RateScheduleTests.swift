import Objectives
import Testing

@Suite("Learning rates over a run")
struct RateScheduleTests {
  private func factors(_ schedule: RateSchedule, _ steps: [Int]) -> [Double] {
    steps.map { schedule.factor(ofStep: $0) }
  }

  private func expect(_ schedule: RateSchedule, _ table: [(step: Int, factor: Double)]) {
    for (step, factor) in table {
      #expect(abs(schedule.factor(ofStep: step) - factor) < 1e-12, "step \(step)")
    }
  }

  @Test("A constant rate is the rate itself, to the bit")
  func constant() {
    let settings = AdamSettings(learningRate: 2e-4)
    #expect(settings.schedule.isConstant)
    #expect([0, 1, 1_000_000].allSatisfy { settings.rate(ofStep: $0) == 2e-4 })
  }

  @Test("Worked out by hand: warm-up, line, cosine and steps")
  func byHand() {
    expect(RateSchedule(.constant, warmup: 4), [(0, 0.25), (1, 0.5), (3, 1), (4, 1), (99, 1)])
    expect(RateSchedule(.linear, until: 10), [(0, 1), (1, 0.9), (5, 0.5), (9, 0.1), (10, 0), (11, 0)])
    expect(
      RateSchedule(.linear, warmup: 2, until: 12, end: 0.5),
      [(0, 0.5), (1, 1), (2, 1), (3, 0.95), (7, 0.75), (12, 0.5), (500, 0.5)])
    let root = 0.5.squareRoot()
    expect(
      RateSchedule(.cosine, until: 8),
      [(0, 1), (2, (1 + root) / 2), (4, 0.5), (6, (1 - root) / 2), (8, 0), (9, 0)])
    expect(
      RateSchedule(.cosine, warmup: 3, until: 11, end: 0.2),
      [(0, 1.0 / 3), (2, 1), (3, 1), (7, 0.6), (11, 0.2), (12, 0.2)])
    expect(
      RateSchedule(.steps, warmup: 1, every: 10, gamma: 0.5),
      [(0, 1), (1, 1), (10, 1), (11, 0.5), (20, 0.5), (21, 0.25), (31, 0.125)])
  }

  /// Factors of torch.optim.lr_scheduler in PyTorch 2.15, over Adam's rate of 2e-4: LinearLR(start_factor=1,
  /// end_factor=0.1, total_iters=20), CosineAnnealingLR(T_max=20, eta_min=1e-5), StepLR(step_size=7, gamma=0.3), and
  /// LinearLR(start_factor=0.25, total_iters=3) for the warm-up.
  @Test("As PyTorch's schedulers have it")
  func asPyTorch() {
    expect(
      RateSchedule(.linear, until: 20, end: 0.1),
      [(0, 1), (1, 0.955), (7, 0.685), (19, 0.145), (20, 0.1), (29, 0.1)])
    expect(
      RateSchedule(.cosine, until: 20, end: 0.05),
      [
        (0, 1), (1, 0.9941519617826904), (7, 0.7406454873762848), (13, 0.3093545126237153),
        (19, 0.05584803821730962), (20, 0.05),
      ])
    expect(
      RateSchedule(.steps, every: 7, gamma: 0.3),
      [(0, 1), (6, 1), (7, 0.3), (13, 0.3), (14, 0.09), (29, 0.0081)])
    expect(RateSchedule(.constant, warmup: 4), [(0, 0.25), (1, 0.5), (2, 0.75), (3, 1), (4, 1), (20, 1)])
  }
}
