import Datasets
import Options
import Recipes

/// Which batches of real pictures the steps of a run take, and how far through the data that is: a function of the
/// options, their changes and the number of pictures alone.
///
/// A change of the data or of how batches are made (`--change batch-size=64`) ends the pass over the data that is under
/// way. The next step takes the first batch of a new pass: one whose order no pass before had, and whose draws have
/// numbers that no draw before had, as what is random about a draw (pictures drawn with replacement, mirroring) follows
/// from its number.
package struct SampleDraws: Equatable, Sendable {
  /// Which pictures each batch holds.
  package let plan: SamplePlan
  /// How steps and epochs belong together.
  package let epochs: EpochCount
  private let drawsPerStep: Int
  /// The draw of the first step of the present data and batch.
  private let firstDraw: Int
  /// The pictures that D had seen by then.
  private let firstImages: Int

  /// The draws of a run over `pictures` pictures.
  /// - Throws: `DatasetError` where there are fewer pictures than a batch needs.
  package init(_ options: RunOptions, pictures: Int) throws {
    let sampling = options.recipe.sampling
    plan = try SamplePlan(
      count: pictures, batchSize: options.batchSize, withReplacement: sampling.withReplacement,
      lastBatch: sampling.lastBatch, seed: options.seed)
    drawsPerStep = options.recipe.drawsPerStep
    let change = options.changes.last { $0.reached != nil }
    let reached = change?.reached ?? .init()
    epochs = EpochCount(
      stepsPerEpoch: options.recipe.stepsPerEpoch(pictures: pictures), firstStep: change?.step ?? 0,
      firstEpochs: reached.epochs)
    let perEpoch = plan.drawsPerEpoch
    firstDraw = max(reached.passes, (reached.draws + perEpoch - 1) / perEpoch) * perEpoch
    firstImages = reached.images
  }

  /// The first draw of a step, counted from 0, or of the step after the last.
  package func draw(ofStep step: Int) -> Int { firstDraw + (step - epochs.firstStep) * drawsPerStep }

  /// The global batch of a step, counted from 0.
  package func batch(ofStep step: Int) -> Int { plan.batch(draw: draw(ofStep: step)).size }

  /// Real pictures that D has seen after `step` steps, over all ranks.
  package func images(after step: Int) -> Int {
    firstImages + (plan.pictures(before: draw(ofStep: step)) - plan.pictures(before: firstDraw))
  }

  /// How far the run is after `step` steps.
  package func reached(after step: Int) -> RunChange.Reached {
    let draws = draw(ofStep: step)
    return RunChange.Reached(
      epochs: epochs.epochs(after: step), images: images(after: step), draws: draws,
      passes: (draws + plan.drawsPerEpoch - 1) / plan.drawsPerEpoch)
  }
}
