import Objectives
import Recipes
import TestOptions
import TestSupport
import Testing

@Suite("--set")
struct OverrideTests {
  @Test("Any value of recipe and architecture can be set by its path")
  func paths() throws {
    let options = try resolved(
      given {
        $0.overrides = [
          "discriminator.learningRate=4e-4", "recipe.latent=uniform", "sampling.withReplacement=true",
          "epochs=0.5", "loss.realTarget=[0.9, 1]", "loss.smoothing.amount=0.1", "loss.flipProbability=0.05",
          "schedule.1.fakes=new", "architecture.discriminator.1.slope=0.1",
          "architecture.generator.0.bias=true",
          #"architecture.generator.1.scaleInit={"rule": "constant", "value": 1}"#,
        ]
      })
    #expect(options.recipe.discriminator.learningRate == 4e-4)
    #expect(options.recipe.latent == .uniform)
    #expect(options.recipe.sampling.withReplacement)
    #expect(
      options.recipe.loss
        == LossSettings(
          realTarget: LabelTarget(from: 0.9, to: 1), smoothing: LabelSmoothing(amount: 0.1),
          flipProbability: 0.05)
    )
    #expect(options.recipe.schedule == [.discriminator(reals: .new, fakes: .new), .generator(fakes: .new)])
    #expect(options.length == RunLength(epochs: 0.5))
    #expect(options.architecture.discriminator[1] == .leakyReLU(slope: 0.1))
    #expect(options.architecture.generator[1] == .batchNorm(.init(scaleInitializer: .constant(1))))
  }

  @Test(
    "What cannot be set is told with the nearest names",
    arguments: [
      (
        "discriminator.learnigRate=1",
        "--set discriminator.learnigRate: discriminator has no value \"learnigRate\"; did you mean learningRate?"
      ),
      (
        "discrimnator.learningRate=1",
        "--set discrimnator.learningRate: the recipe has no value \"discrimnator\"; did you mean discriminator?"
      ),
      (
        "architecture.generator.99.out=1",
        "--set architecture.generator.99.out: generator is a list of 14, counted from 0, and has no \"99\""
      ),
      (
        "architecture.generator.0.outs=1",
        "--set architecture.generator.0.outs: generator.0 has no value \"outs\"; did you mean out?"
      ),
      ("batchSize.x=1", "--set batchSize.x: batchSize is a single value, and has no \"x\""),
      ("seed=2", "--set seed: that is an option of its own, --seed"),
      ("lr_d=2", "--set lr_d: that is an option of its own, --lr-d"),
      ("recipe=2", "--set recipe names no single value; batchSize would"),
      (
        "batchSize",
        "--set takes path=value, for example discriminator.learningRate=4e-4, and was given \"batchSize\""
      ),
      ("=3", "--set takes path=value, for example discriminator.learningRate=4e-4, and was given \"=3\""),
      ("discriminator.learningRate=fast", "discriminator.learningRate must be a number, and is \"fast\""),
      ("discriminator.learningRate=.nan", "discriminator.learningRate must be a number, and is \".nan\""),
      ("discriminator.learningRate=", "--set discriminator.learningRate gives no value after \"=\""),
      ("discriminator.learningRate=-1", "discriminator.learningRate must be a number above 0, and is -1"),
      ("batchSize=1.5", "batchSize must be a whole number from 1 to 1048576, and is 1.5"),
      ("latent=gauss", "latent must be normal or uniform, and is \"gauss\""),
      ("loss.realTarget=1.5", "loss.realTarget must be a probability from 0 to 1, and is 1.5"),
      (
        "schedule.0.fakes=reuse",
        "schedule.0 reuses fakes, but no update before it in the step has drawn any: the first must be \"new\""
      ),
      ("schedule=[]", "schedule has no update of the discriminator, and needs at least one"),
      ("architecture.channels=2", "architecture.channels must be 1 (grey) or 3 (RGB), and is 2"),
      (
        "architecture.size=32",
        "the generator ends in 64 x 64 x 3 at generator.13 (tanh), but the pictures are 32 x 32 x 3: its layers and "
          + "\"size\" or \"channels\" do not agree"
      ),
    ])
  func refused(argument: String, sentence: String) {
    expectError(sentence) { try resolved(given { $0.overrides = [argument] }) }
  }
}
