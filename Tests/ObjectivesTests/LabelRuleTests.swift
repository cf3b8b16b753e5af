import Objectives
import Tensors
import Testing

@Suite struct LabelRuleTests {
  private func stream(_ sample: Int, step: Int = 0, look: Int = 0) -> RandomStream {
    RandomStream(seed: 3, purpose: .label, stream: look, step: step, sample: sample)
  }

  private func evaluate(_ settings: LossSettings, _ logits: [Float], as side: LossSide, first: Int = 0) -> (
    LossSums, [Float]
  ) {
    var gradient = [Float](repeating: .nan, count: logits.count)
    let sums = settings.evaluate(
      logits, count: logits.count, as: side, batch: 8, gradient: &gradient
    ) { stream(first + $0) }
    return (sums, gradient)
  }

  /// y (1 - s) + s / 2: slim64's 0.25 on reals alone, keras64's 0.1 on every target; and y (1 - s).
  @Test func smoothing() {
    let slim = LabelSmoothing(amount: 0.25, rule: .twoSided, scope: .reals)
    #expect([1, 0, 1].indices.map { slim.smoothed([1, 0, 1][$0], LossSide.allCases[$0]) } == [0.875, 0, 1])
    let keras = LabelSmoothing(amount: 0.1, rule: .twoSided, scope: .all)
    for (side, y, expected) in [(LossSide.real, 1.0, 0.95), (.fake, 0, 0.05), (.generator, 1, 0.95)] {
      #expect(abs(keras.smoothed(y, side) - expected) < 1e-15)
    }
    let both = LabelSmoothing(amount: 0.1, rule: .twoSided, scope: .discriminator)
    #expect(both.smoothed(0, .fake) == 0.05 && both.smoothed(1, .generator) == 1)
    let one = LabelSmoothing(amount: 0.1, rule: .oneSided, scope: .all)
    #expect(
      one.smoothed(1, .real) == 0.9 && one.smoothed(0, .fake) == 0 && one.smoothed(1, .generator) == 0.9)
    #expect(LabelSmoothing().smoothed(1, .real) == 1)
  }

  /// A smoothed loss is the loss against the smoothed number, to the bit.
  @Test func smoothedIsTheNumber() {
    let logits: [Float] = [0.5, -1, 3]
    let smoothed = evaluate(
      LossSettings(smoothing: LabelSmoothing(amount: 0.25, rule: .twoSided)), logits, as: .real)
    let number = evaluate(LossSettings(realTarget: 0.875), logits, as: .real)
    #expect(smoothed == number)
  }

  /// Soft labels fill their range evenly, one a sample and a look, and depend on nothing else.
  @Test func softLabels() {
    let settings = LossSettings(
      realTarget: LabelTarget(from: 0.9, to: 1), fakeTarget: LabelTarget(from: 0, to: 0.1))
    #expect(settings.drawsLabels(.real) && settings.drawsLabels(.fake) && !settings.drawsLabels(.generator))
    let count = 4000
    for (side, lower) in [(LossSide.real, 0.9), (.fake, 0)] {
      let targets = (0..<count).map { settings.label(side, stream($0)).target }
      #expect(targets.allSatisfy { $0 >= lower && $0 < lower + 0.1 })
      // The mean of 4,000 has a deviation of 0.1 / sqrt(12) / sqrt(4000) = 4.6e-4.
      #expect(abs(targets.reduce(0, +) / Double(count) - lower - 0.05) < 2e-3)
      #expect(Set(targets).count > count - 10)
      #expect(targets[7] == settings.label(side, stream(7)).target)
      #expect(targets[7] != settings.label(side, stream(7, step: 1)).target)
      #expect(targets[7] != settings.label(side, stream(7, look: 1)).target)
    }
  }

  @Test func flips() {
    let settings = LossSettings(fakeTarget: LabelTarget(from: 0, to: 0.1), flipProbability: 0.05)
    let count = 8000
    for side in [LossSide.real, .fake] {
      let labels = (0..<count).map { settings.label(side, stream($0)) }
      let flipped = labels.filter { $0.side != side }
      // 400 are expected, with a deviation of 19.5.
      #expect((310...490).contains(flipped.count))
      #expect(labels.allSatisfy { $0.side == .real ? $0.target == 1 : (0..<0.1).contains($0.target) })
    }
    #expect(!settings.drawsLabels(.generator))
    #expect((0..<count).allSatisfy { settings.label(.generator, stream($0)).side == .generator })
    let always = LossSettings(realTarget: 0.9, flipProbability: 1)
    #expect(always.label(.real, stream(0)) == always.label(.real, stream(1)))
    #expect(always.label(.real, stream(0)).target == 0 && always.label(.fake, stream(0)).target == 0.9)
  }

  /// Each sample's loss and gradient are those of its own label, of either side, in every kind; a batch in parts is
  /// the batch.
  @Test(arguments: LossKind.allCases) func evaluatesEachLabel(_ kind: LossKind) {
    var settings = LossSettings(kind: kind, flipProbability: 0.5)
    if kind != .hinge { settings.realTarget = LabelTarget(from: 0.5, to: 1) }
    let logits: [Float] = [0.5, -0.5, 2, -2, 0.25, 0, 1, -1]
    for side in [LossSide.real, .fake] {
      let (sums, gradient) = evaluate(settings, logits, as: side)
      var expected = LossSums()
      for (i, logit) in logits.enumerated() {
        let label = settings.label(side, stream(i))
        var one: [Float] = [.nan]
        expected += kind.evaluate(
          [logit], count: 1, as: label.side, target: label.target, batch: 8, gradient: &one)
        #expect(one[0] == gradient[i])
      }
      #expect(sums == expected)
      let rest = evaluate(settings, Array(logits[3...]), as: side, first: 3)
      #expect(rest.1 == Array(gradient[3...]))
      #expect(Set((0..<8).map { settings.label(side, stream($0)).side.rawValue }).count == 2)
    }
  }
}
