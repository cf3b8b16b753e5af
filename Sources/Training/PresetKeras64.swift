import Networks
import Objectives

extension Preset {
  /// The tutorial's training: twice an update of D on new fakes and one on reals, the same both times, then one
  /// of G; batches of 128, 60 epochs, the last short batch kept; a sheet of 25 and a checkpoint every epoch; the layer
  /// tables first.
  ///
  /// Keras smooths every target by y (1 - s) + s / 2, here with s = 0.1, the generator's too.
  public static let keras64 = Preset(
    architecture: .keras64,
    recipe: Recipe(
      schedule: [
        .discriminator(reals: nil, fakes: .new), .discriminator(reals: .new, fakes: nil),
        .discriminator(reals: nil, fakes: .new), .discriminator(reals: .reuse, fakes: nil),
        .generator(fakes: .new),
      ],
      discriminator: AdamSettings(epsilon: 1e-7, form: .tensorflow),
      generator: AdamSettings(epsilon: 1e-7, form: .tensorflow),
      loss: LossSettings(smoothing: LabelSmoothing(amount: 0.1, rule: .twoSided, scope: .all)),
      sampling: SamplingSettings(lastBatch: .keep), preprocessing: .cropOrPad, epochs: 60),
    intervals: OutputIntervals(sample: .epoch, checkpoint: .epoch),
    outputs: OutputSettings(grid: PictureGrid(columns: 5, rows: 5), layerTables: true))
}
