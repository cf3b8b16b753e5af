import Networks
import Objectives

extension Preset {
  /// The tutorial's training: one update of D, then three of G, each with new z; D learns four times as fast;
  /// batches of 8 drawn with replacement, 30,000 steps; 5 pictures every 200, each a file of its own.
  ///
  /// TensorFlow smooths reals' labels by y (1 - s) + s / 2, here with s = 0.25: D's target is 0.875.
  public static let slim64 = Preset(
    architecture: .slim64,
    recipe: Recipe(
      schedule: [
        .discriminator(reals: .new, fakes: .new), .generator(fakes: .new), .generator(fakes: .new),
        .generator(fakes: .new),
      ],
      discriminator: AdamSettings(learningRate: 4e-4, form: .tensorflow),
      generator: AdamSettings(learningRate: 1e-4, form: .tensorflow),
      loss: LossSettings(smoothing: LabelSmoothing(amount: 0.25, rule: .twoSided)), latent: .uniform,
      sampling: SamplingSettings(withReplacement: true), batchSize: 8, epochs: nil, steps: 30_000),
    intervals: OutputIntervals(sample: .steps(200), checkpoint: .steps(200), log: .steps(1)),
    outputs: OutputSettings(grid: PictureGrid(columns: 5, rows: 1), singlePictures: true))
}
