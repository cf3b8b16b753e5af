import Networks
import Objectives

extension ArchitecturePreset {
  /// The networks of a Keras tutorial for anime faces: G's first batch norm is over the features of the dense layer; D
  /// has dropout and no batch norm.
  package static let keras64 = ArchitecturePreset(
    name: "keras64",
    summary: "the Keras pair: k5 convolutions with SAME padding, dropout in D; z 128 ~ N(0, 1)",
    size: 64, sizes: .only(64), channels: 3, channelChoices: [1, 3], takesWidth: true, latent: 128
  ) { shape in
    let first = try shape.scaled(512)
    var generator: [LayerSpecification] = [
      .dense(.init(outFeatures: 16 * first, bias: false, weightInitializer: .glorotUniform)), kerasNorm,
      .leakyReLU(slope: 0.2), .reshape(height: 4, width: 4, channels: first),
    ]
    for base in [256, 128, 64, 32] {
      generator += [
        .transposedConvolution(
          .init(outChannels: try shape.scaled(base), kernel: 5, stride: 2, padding: .same)), kerasNorm,
        .leakyReLU(slope: 0.2),
      ]
    }
    generator += [
      .convolution(.init(outChannels: shape.channels, kernel: 5, stride: 1, padding: .same, bias: true)),
      .tanh,
    ]

    var discriminator: [LayerSpecification] = []
    for base in [64, 128, 256, 512] {
      discriminator += [
        .convolution(
          .init(outChannels: try shape.scaled(base), kernel: 5, stride: 2, padding: .same, bias: true)),
        .leakyReLU(slope: 0.2), .dropout(rate: 0.3),
      ]
    }
    discriminator += [
      .reshape(height: 1, width: 1, channels: 16 * first),
      .dense(.init(outFeatures: 1, weightInitializer: .glorotUniform)),
    ]
    return Architecture(
      name: "keras64", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: generator, discriminator: discriminator)
  }

  /// Keras's momentum of 0.99 is the share of the old average; here momentum is the share of the new value.
  private static var kerasNorm: LayerSpecification {
    .batchNorm(
      .init(
        epsilon: 1e-3, momentum: 0.01, unbiasedRunningVariance: false, scaleInitializer: .constant(1)))
  }
}

extension Preset {
  /// The tutorial's training: an update of D on new fakes and one on reals, both again with other fakes and the
  /// same reals, then an update of G; batches of 128, 60 epochs, the last short batch kept. Every epoch it draws a
  /// sheet of 25 pictures and writes a checkpoint. The tables of the layers are printed at the start.
  ///
  /// Keras smooths every target by y (1 - s) + s / 2, here with s = 0.1, also the target of the generator.
  package static let keras64 = Preset(
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
