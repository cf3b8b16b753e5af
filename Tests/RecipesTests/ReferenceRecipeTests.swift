import Objectives
import Recipes
import Tensors
import Testing

/// What the reference systems disagree about, number by number.
@Suite struct ReferenceRecipeTests {
  @Test func everyArchitectureHasARecipe() throws {
    #expect(Preset.all.map(\.name) == ArchitecturePreset.all.map(\.name))
    for preset in Preset.all {
      let recipe = preset.recipe
      #expect(try Recipe(configuration: recipe.configuration) == recipe, "\(preset.name)")
    }
  }

  @Test func paper64() {
    let recipe = Preset.paper64.recipe
    #expect(recipe.discriminator == AdamSettings(form: .tensorflow))
    #expect(recipe.generator == recipe.discriminator)
    #expect(recipe.latent == .uniform && recipe.batchSize == 100)
    #expect(recipe.loss == LossSettings())
    #expect(recipe.schedule == Preset.dcgan64.recipe.schedule)
  }

  @Test func torch96() {
    let recipe = Preset.torch96.recipe
    #expect(recipe.discriminator == AdamSettings(learningRate: 6e-4, form: .pytorch))
    #expect(recipe.generator == recipe.discriminator)
    #expect(recipe.latent == .normal && recipe.batchSize == 64 && recipe.epochs == 10)
    #expect(recipe.sampling == SamplingSettings(withReplacement: false, lastBatch: .drop))
    #expect(Preset.torch96.intervals.log == .steps(50) && Preset.torch96.intervals.sample == .steps(500))
  }

  @Test func slim64() {
    let recipe = Preset.slim64.recipe
    #expect(recipe.discriminator == AdamSettings(learningRate: 4e-4, form: .tensorflow))
    #expect(recipe.generator == AdamSettings(learningRate: 1e-4, form: .tensorflow))
    // TensorFlow's rule: y (1 - s) + s / 2 with s = 0.25, on reals only.
    #expect(recipe.loss == LossSettings(smoothing: LabelSmoothing(amount: 0.25, rule: .twoSided)))
    #expect(targets(recipe.loss) == [0.875, 0, 1])
    #expect(recipe.schedule.count == 4 && recipe.drawsPerStep == 1)
    #expect(recipe.schedule.dropFirst().allSatisfy { $0 == .generator(fakes: .new) })
    #expect(recipe.sampling.withReplacement && recipe.batchSize == 8)
    #expect(recipe.steps == 30_000 && recipe.epochs == nil)
    #expect(
      Preset.slim64.intervals.log == .steps(1)
        && Preset.slim64.intervals.checkpoint == CheckpointInterval(steps: .steps(200), seconds: 300))
  }

  @Test func keras64() {
    let recipe = Preset.keras64.recipe
    #expect(recipe.discriminator == AdamSettings(epsilon: 1e-7, form: .tensorflow))
    #expect(recipe.generator == recipe.discriminator)
    // Smoothing 0.1 on every target.
    #expect(recipe.loss.smoothing == LabelSmoothing(amount: 0.1, rule: .twoSided, scope: .all))
    #expect(targets(recipe.loss) == [0.95, 0.05, 0.95])
    #expect(recipe.schedule.count == 5 && recipe.drawsPerStep == 1)
    #expect(recipe.schedule[3] == .discriminator(reals: .reuse, fakes: nil))
    #expect(recipe.sampling.lastBatch == .keep && recipe.preprocessing == .cropOrPad && recipe.epochs == 60)
    #expect(
      Preset.keras64.intervals.sample == .epoch
        && Preset.keras64.intervals.checkpoint == CheckpointInterval(steps: .epoch, seconds: 300))
    // 21,551 pictures in batches of 128, the last of 47 kept.
    #expect(recipe.stepsPerEpoch(pictures: 21_551) == 169)
  }

  /// What logits of real pictures, of fakes, and in G's updates are compared with, to the bit.
  private func targets(_ loss: LossSettings) -> [Double] {
    LossSide.allCases.map { loss.label($0, RandomStream(seed: 1, purpose: .label)).target }
  }

  @Test func vanilla() {
    let recipe = Preset.vanilla.recipe
    #expect(recipe.discriminator == AdamSettings(form: .tensorflow))
    #expect(recipe.latent == .uniform && recipe.batchSize == 100 && recipe.loss == LossSettings())
  }
}
