import Networks
import Objectives

extension Preset {
  /// The tutorial's training: one update of D, then two of G, all with the same reals, z and labels; TensorFlow's Adam
  /// 2e-4 with beta1 0.5, hard labels; batches of 100, 60,000 steps; every 1,000 a sheet of 10 x 10 with borders of one
  /// grey pixel, a row a digit.
  public static let cgan28 = Preset(
    architecture: .cgan28,
    recipe: Recipe(
      schedule: [
        .discriminator(reals: .new, fakes: .new), .generator(fakes: .reuse), .generator(fakes: .reuse),
      ],
      discriminator: AdamSettings(form: .tensorflow), generator: AdamSettings(form: .tensorflow),
      latent: .uniform, batchSize: 100, epochs: nil, steps: 60_000),
    intervals: OutputIntervals(sample: .steps(1_000), checkpoint: .steps(1_000), log: .steps(100)),
    outputs: OutputSettings(grid: PictureGrid(columns: 10, rows: 10), padding: 1, paddingGrey: 0.5))

  /// InfoGAN's training on the same networks: Q and G learn five times as fast as D (Chen et al. 2016, appendix C.1); no
  /// labels are used. Batches and length are cgan28's; three rows of a sheet sweep each code, over the ten values of the
  /// first.
  public static let infogan28 = Preset(
    architecture: .infogan28,
    recipe: Recipe(
      discriminator: AdamSettings(form: .tensorflow),
      generator: AdamSettings(learningRate: 1e-3, form: .tensorflow), latent: .uniform, batchSize: 100,
      epochs: nil, steps: 60_000),
    intervals: OutputIntervals(sample: .steps(1_000), checkpoint: .steps(1_000), log: .steps(100)),
    outputs: OutputSettings(grid: PictureGrid(columns: 10, rows: 9), padding: 1, paddingGrey: 0.5))
}
