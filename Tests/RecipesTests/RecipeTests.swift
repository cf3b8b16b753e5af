import Configuration
import Objectives
import Recipes
import TestSupport
import Testing

@Suite("Recipes")
struct RecipeTests {
  private func recipe(_ text: String) throws -> Recipe {
    try Recipe(configuration: Recipe().configuration.merging(try ConfigurationFile.value(of: text)))
  }

  @Test("The schedules of the reference systems are values")
  func schedules() throws {
    // slim64: one D and three G updates, new z for each.
    let slim = try recipe(
      """
      schedule:
        - {update: discriminator, reals: new, fakes: new}
        - {update: generator, fakes: new}
        - {update: generator, fakes: new}
        - {update: generator, fakes: new}
      steps: 30000
      epochs: null
      """)
    #expect(slim.schedule.count == 4)
    #expect(slim.steps == 30_000)
    #expect(slim.epochs == nil)
    // keras64: separate updates on fakes and on the same reals, twice.
    let keras = try recipe(
      """
      schedule:
        - {update: discriminator, fakes: new}
        - {update: discriminator, reals: new}
        - {update: discriminator, fakes: new}
        - {update: discriminator, reals: reuse}
        - {update: generator, fakes: new}
      """)
    #expect(keras.schedule[3] == .discriminator(reals: .reuse, fakes: nil))
    for each in [slim, keras] { #expect(try Recipe(configuration: each.configuration) == each) }
  }

  @Test("Losses are values", arguments: LossKind.allCases)
  func losses(kind: LossKind) throws {
    let read = try recipe("loss: {kind: \(kind.rawValue)}")
    #expect(read.loss == LossSettings(kind: kind))
    #expect(try Recipe(configuration: read.configuration) == read)
    // As recipes of earlier versions have it.
    #expect(try recipe("loss: {real_target: 0.9}").loss == LossSettings(realTarget: 0.9))
  }

  @Test("Label rules are values")
  func labels() throws {
    let torch = try recipe("loss: {real_target: [0.9, 1], fake_target: [0, 0.1], flip_probability: 0.05}")
    #expect(
      torch.loss
        == LossSettings(
          realTarget: LabelTarget(from: 0.9, to: 1), fakeTarget: LabelTarget(from: 0, to: 0.1),
          flipProbability: 0.05))
    let slim = try recipe("loss: {smoothing: {amount: 0.25, rule: twoSided}}")
    #expect(slim.loss.smoothing == LabelSmoothing(amount: 0.25, rule: .twoSided, scope: .reals))
    for each in [torch, slim] { #expect(try Recipe(configuration: each.configuration) == each) }
    #expect(try recipe("loss: {real_target: [1, 1]}") == Recipe())
  }

  @Test("Instance noise is a value")
  func noise() throws {
    let changed = try recipe("augmentation: [cutout, color]")
    #expect(changed.augmentation == Augmentation([.color, .cutout]))
    #expect(try Recipe(configuration: changed.configuration) == changed)
    #expect(Recipe().augmentation.isEmpty && Preset.all.allSatisfy { $0.recipe.augmentation.isEmpty })
    let noisy = try recipe("instance_noise: {deviation: 0.1, decay_steps: 5000}")
    #expect(noisy.instanceNoise == InstanceNoise(deviation: 0.1, decaySteps: 5000))
    #expect(try Recipe(configuration: noisy.configuration) == noisy)
  }

  @Test(
    "What cannot be trained with is named",
    arguments: [
      (
        "schedule: [{update: critic}]",
        "schedule.0.update must be discriminator or generator, and is \"critic\""
      ),
      (
        "schedule: [{update: discriminator}]",
        "schedule.0 updates the discriminator with neither \"reals\" nor \"fakes\""
      ),
      (
        "schedule: [{update: generator, reals: new}]",
        "schedule.0 gives \"reals\" to an update of the generator, which has none"
      ),
      (
        "schedule: [{update: discriminator, reals: reuse}, {update: generator}]",
        "schedule.0 reuses reals, but no update before it in the step has drawn any: the first must be \"new\""
      ),
      (
        "schedule: [{update: discriminator, reals: new}]",
        "schedule has no update of the generator, and needs at least one"
      ),
      ("generator: {beta2: 1}", "generator.beta2 must be a number from 0 to below 1, and is 1"),
      ("generator: {epsilon: 0}", "generator.epsilon must be a number above 0, and is 0"),
      (
        "generator: {rate_schedule: {kind: linear}}",
        "generator.rate_schedule.kind is linear, which ends at the step generator.rate_schedule.until: give one after "
          + "the warm-up's 0"
      ),
      (
        "generator: {rate_schedule: {kind: cosine, warmup: 9, until: 9}}",
        "generator.rate_schedule.kind is cosine, which ends at the step generator.rate_schedule.until: give one after "
          + "the warm-up's 9"
      ),
      (
        "generator: {rate_schedule: {kind: steps}}",
        "generator.rate_schedule.kind is steps, which changes the rate every generator.rate_schedule.every steps: give "
          + "that number"
      ),
      (
        "generator: {rate_schedule: {end: 2}}",
        "generator.rate_schedule.end must be a factor from 0 to 1, and is 2"
      ),
      ("generator: {form: keras}", "generator.form must be pytorch or tensorflow, and is \"keras\""),
      ("sampling: {last_batch: fill}", "sampling.last_batch must be drop, keep or wrap, and is \"fill\""),
      (
        "preprocessing: crop",
        "preprocessing must be stretch, resizeAndCrop or cropOrPad, and is \"crop\""
      ),
      (
        "loss: {kind: wasserstein}",
        "loss.kind must be nonSaturating, saturating, hinge or leastSquares, and is \"wasserstein\""
      ),
      (
        "loss: {kind: hinge, real_target: 0.9}",
        "loss.real_target is 0.9, but the hinge loss has no target: leave it out"
      ),
      (
        "loss: {kind: saturating, generator_target: 0.9}",
        "loss.generator_target is 0.9, but the saturating loss of the generator has no target: leave it out"
      ),
      (
        "loss: {real_target: [1, 0.9]}",
        "loss.real_target must be a number, or a list of two, the lower first, such as [0.9, 1]"
      ),
      ("loss: {real_target: [0.9, 1.2]}", "loss.real_target must be a probability from 0 to 1, and is 1.2"),
      ("loss: {real_target: high}", "loss.real_target must be a number, and is \"high\""),
      (
        "loss: {kind: hinge, fake_target: [0, 0.1]}",
        "loss.fake_target is a list, but the hinge loss has no target: leave it out"
      ),
      (
        "loss: {kind: hinge, smoothing: {amount: 0.1}}",
        "loss.smoothing.amount is 0.1, but the hinge loss has no targets to smooth: leave it out"
      ),
      ("loss: {smoothing: {amount: 2}}", "loss.smoothing.amount must be a number from 0 to 1, and is 2"),
      (
        "loss: {smoothing: {rule: both}}",
        "loss.smoothing.rule must be oneSided or twoSided, and is \"both\""
      ),
      (
        "augmentation: [colour]",
        "augmentation.0 must be color, translation or cutout, and is \"colour\""
      ),
      ("augmentation: [color, color]", "augmentation has \"color\" twice: each kind is done once"),
      (
        "augmentation: color",
        "augmentation must be a list of color, translation and cutout, or of some of them, and is \"color\""
      ),
      ("instance_noise: {deviation: -1}", "instance_noise.deviation must be a number, at least 0, and is -1"),
      (
        "instance_noise: {decay: 3}",
        "instance_noise has an unknown key \"decay\"; did you mean decay_steps?"
      ),
      (
        "loss: {flip_probability: 1.5}", "loss.flip_probability must be a probability from 0 to 1, and is 1.5"
      ),
      ("loss: {fake_target: -1}", "loss.fake_target must be a probability from 0 to 1, and is -1"),
      (
        "loss: {kind: leastSquares, fake_target: -2}",
        "loss.fake_target must be a number from -1 to 1, and is -2"
      ),
      ("epochs: 0", "epochs must be a number above 0, and is 0"),
      ("batchsize: 3", "the outermost object has an unknown key \"batchsize\"; did you mean batch_size?"),
    ])
  func refused(text: String, sentence: String) { expectError(sentence) { try recipe(text) } }

  @Test("An epoch has as many steps as its batches")
  func epochs() {
    var recipe = Recipe(batchSize: 100)
    #expect(recipe.stepsPerEpoch(pictures: 250) == 2)
    recipe.sampling.lastBatch = .keep
    #expect(recipe.stepsPerEpoch(pictures: 250) == 3)
    recipe.sampling.lastBatch = .wrap
    #expect(recipe.stepsPerEpoch(pictures: 250) == 3)
    recipe.sampling.withReplacement = true
    #expect(recipe.stepsPerEpoch(pictures: 250) == 2.5)
  }

  @Test("The first length that is reached ends the run")
  func lengths() {
    #expect(RunLength(epochs: 2.5).lastStep(EpochCount(stepsPerEpoch: 3)) == 8)
    #expect(RunLength(epochs: 2, steps: 5).lastStep(EpochCount(stepsPerEpoch: 3)) == 5)
    #expect(RunLength(epochs: 1, steps: 5).lastStep(EpochCount(stepsPerEpoch: 3)) == 3)
    #expect(RunLength(minutes: 1).lastStep(EpochCount(stepsPerEpoch: 3)) == nil)
  }

  @Test("Where data or batch changed, epochs go on from where they were, and a new pass begins")
  func epochsOfAChangedRun() {
    // 2.5 epochs are done after step 10; from then on an epoch has 4 steps.
    let count = EpochCount(stepsPerEpoch: 4, firstStep: 10, firstEpochs: 2.5)
    #expect([10, 11, 14].map(count.epochs(after:)) == [2.5, 2.75, 3.5])
    #expect(RunLength(epochs: 4).lastStep(count) == 16)
    #expect(RunLength(epochs: 2).lastStep(count) == 10)
    #expect(count.steps(ofEpochs: 1.5) == 6)
    #expect((0...20).filter { Interval.epoch.isDue(afterStep: $0, count) } == [14, 18])
    #expect((10...20).filter { Interval.steps(4).isDue(afterStep: $0, count) } == [12, 16, 20])
  }

  @Test(
    "Checkpoints come by steps, by time, or by both",
    arguments: [
      ("500", Interval.steps(500), nil), ("0", .steps(0), nil), ("epoch", .epoch, nil),
      ("10min", .steps(0), 600), ("90s", .steps(0), 90), ("1.5h", .steps(0), 5_400),
      ("500,5min", .steps(500), 300), ("epoch,2h", .epoch, 7_200), ("1s", .steps(0), 1),
    ] as [(String, Interval, Double?)])
  func checkpointIntervals(text: String, steps: Interval, seconds: Double?) throws {
    let interval = try #require(CheckpointInterval(text))
    #expect(interval == CheckpointInterval(steps: steps, seconds: seconds))
    #expect(CheckpointInterval(interval.description) == interval)
    #expect(
      try CheckpointInterval(configuration: interval.configuration, path: "checkpoint_every") == interval)
  }

  @Test("A checkpoint by time is due when its time has passed, the first of a run after a minute")
  func checkpointTimes() throws {
    let usual = CheckpointInterval(steps: .steps(500), seconds: 300)
    #expect([299, 300].map { usual.isDue(after: $0, isFirst: false) } == [false, true])
    #expect([59, 60].map { usual.isDue(after: $0, isFirst: true) } == [false, true])
    let often = CheckpointInterval(steps: .steps(0), seconds: 10)
    #expect([9, 10].map { often.isDue(after: $0, isFirst: true) } == [false, true])
    #expect(!CheckpointInterval(steps: .steps(1)).isDue(after: 1e9, isFirst: true))
  }

  @Test(
    "Other texts are no interval of checkpoints",
    arguments: [
      "", ",", "5,", "5m", "min", "0min", "-1min", "infmin", "nans", "1e99h", "0.5s", "5min,5min", "5,5",
      "5,epoch",
      "5,5min,5", " 5", "1e3", "0x10min,",
    ])
  func noCheckpointIntervals(text: String) {
    #expect(CheckpointInterval(text) == nil)
    expectError(
      "checkpoint_every must be a number of steps (0 is never), 'epoch', a time as 10min (s, min, h), or two as "
        + "500,10min, and is \"\(text)\""
    ) { try CheckpointInterval(configuration: .string(text), path: "checkpoint_every") }
  }

  @Test("Intervals are due after every so many steps, or with each epoch's last")
  func intervals() {
    func due(_ interval: Interval, _ perEpoch: Double) -> [Int] {
      (0...10).filter { interval.isDue(afterStep: $0, EpochCount(stepsPerEpoch: perEpoch)) }
    }
    #expect(due(.steps(4), 3) == [4, 8])
    #expect(due(.steps(0), 3) == [])
    #expect(due(.epoch, 3) == [3, 6, 9])
    #expect(due(.epoch, 2.5) == [3, 5, 8, 10])
    #expect(["7", "epoch", "0"].map { Interval($0)?.description } == ["7", "epoch", "0"])
    #expect(["-1", "epochs", "", "1.5"].allSatisfy { Interval($0) == nil })
  }
}
