import Networks
import Objectives

extension Preset {
  /// The walk-through's training: TensorFlow's Adam 2e-4 with beta1 0.5, hard labels, one update of each, the
  /// generator's through the fakes that D has just seen; batches of 100. It names no length: 5 epochs.
  public static let paper64 = Preset(
    architecture: .paper64,
    recipe: Recipe(
      discriminator: AdamSettings(form: .tensorflow), generator: AdamSettings(form: .tensorflow),
      latent: .uniform, batchSize: 100),
    intervals: OutputIntervals())
}
