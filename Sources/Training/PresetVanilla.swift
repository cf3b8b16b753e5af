import Networks
import Objectives

extension Preset {
  /// The walk-through's training of the original GAN: TensorFlow's Adam 2e-4 with beta1 0.5, hard labels, the
  /// non-saturating loss, one update of each with the same fakes; batches of 100. It names no length: 5 epochs.
  public static let vanilla = Preset(
    architecture: .vanilla,
    recipe: Recipe(
      discriminator: AdamSettings(form: .tensorflow), generator: AdamSettings(form: .tensorflow),
      latent: .uniform, batchSize: 100),
    intervals: OutputIntervals())
}
