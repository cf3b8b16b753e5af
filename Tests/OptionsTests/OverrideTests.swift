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
          "discriminator.learning_rate=4e-4", "recipe.latent=uniform", "sampling.with_replacement=true",
          "epochs=0.5", "loss.real_target=[0.9, 1]", "loss.smoothing.amount=0.1",
          "loss.flip_probability=0.05",
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
        "--set discriminator.learnigRate: discriminator has no value \"learnigRate\"; did you mean learning_rate?"
      ),
      (
        "discrimnator.learning_rate=1",
        "--set discrimnator.learning_rate: the recipe has no value \"discrimnator\"; did you mean discriminator?"
      ),
      (
        "architecture.generator.99.out=1",
        "--set architecture.generator.99.out: generator is a list of 14, counted from 0, and has no \"99\""
      ),
      (
        "architecture.generator.0.outs=1",
        "--set architecture.generator.0.outs: generator.0 has no value \"outs\"; did you mean out?"
      ),
      ("batch_size.x=1", "--set batch_size.x: batch_size is a single value, and has no \"x\""),
      ("seed=2", "--set seed: that is an option of its own, --seed"),
      ("lr_d=2", "--set lr_d: that is an option of its own, --lr-d"),
      ("recipe=2", "--set recipe names no single value; batch_size would"),
      (
        "batch_size",
        "--set takes path=value, for example discriminator.learning_rate=4e-4, and was given \"batch_size\""
      ),
      (
        "program=x",
        "--set program: the recipe has no value \"program\"; there is schedule, discriminator, generator, loss, "
          + "conditions, augmentation, instance_noise, generator_average, latent, sampling, preprocessing, batch_size, "
          + "epochs and steps"
      ),
      ("=3", "--set takes path=value, for example discriminator.learning_rate=4e-4, and was given \"=3\""),
      ("discriminator.learning_rate=fast", "discriminator.learning_rate must be a number, and is \"fast\""),
      ("discriminator.learning_rate=.nan", "discriminator.learning_rate must be a number, and is \".nan\""),
      ("discriminator.learning_rate=", "--set discriminator.learning_rate gives no value after \"=\""),
      ("discriminator.learning_rate=-1", "discriminator.learning_rate must be a number above 0, and is -1"),
      ("batch_size=1.5", "batch_size must be a whole number from 1 to 1048576, and is 1.5"),
      ("latent=gauss", "latent must be normal or uniform, and is \"gauss\""),
      ("loss.real_target=1.5", "loss.real_target must be a probability from 0 to 1, and is 1.5"),
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
