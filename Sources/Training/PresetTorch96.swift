import Networks
import Objectives

extension Preset {
  /// The tutorial's training: Adam 6e-4 with beta1 0.5, hard labels, one update of each with the same fakes;
  /// batches of 64, 10 epochs, the last short batch dropped; a line every 50 steps, a sheet every 500, of
  /// which the animation shows one a second; seed 2020.
  public static let torch96 = Preset(
    architecture: .torch96,
    recipe: Recipe(
      discriminator: AdamSettings(learningRate: 6e-4), generator: AdamSettings(learningRate: 6e-4),
      batchSize: 64, epochs: 10),
    intervals: OutputIntervals(sample: .steps(500), checkpoint: .steps(500), log: .steps(50)),
    outputs: OutputSettings(framesPerSecond: 1), seed: 2020)
}
