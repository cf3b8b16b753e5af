import Networks
import Objectives

extension ArchitecturePreset {
  /// The original GAN (Goodfellow et al. 2014) on flattened pictures, with ReLU in D where the paper has maxout. G
  /// ends in a sigmoid, so pixels are in [0, 1].
  package static let vanilla = ArchitecturePreset(
    name: "vanilla",
    summary: "the original GAN: dense layers on flattened pictures of 28 x 28, grey; z 100 ~ U[-1, 1)",
    size: 28, sizes: .only(28), channels: 1, channelChoices: [1, 3], takesWidth: true, latent: 100
  ) { shape in
    func dense(_ features: Int) -> LayerSpecification {
      .dense(.init(outFeatures: features, weightInitializer: .normal(mean: 0, std: 0.01)))
    }
    let pixels = shape.size * shape.size * shape.channels
    let inG = try shape.scaled(1200)
    let inD = try shape.scaled(240)
    return Architecture(
      name: "vanilla", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: [
        dense(inG), .relu, dense(inG), .relu, dense(pixels), .sigmoid,
        .reshape(height: shape.size, width: shape.size, channels: shape.channels),
      ],
      discriminator: [
        .reshape(height: 1, width: 1, channels: pixels), dense(inD), .relu, dense(inD), .relu, dense(1),
      ])
  }
}

extension Preset {
  /// The training of the original GAN in a walk-through: TensorFlow's Adam 2e-4 with beta1 0.5, hard labels, the
  /// non-saturating loss; one update of D, then one of G with the same fakes; batches of 100. The walk-through gives no
  /// length; here it is 5 epochs.
  package static let vanilla = Preset(
    architecture: .vanilla,
    recipe: Recipe(
      discriminator: AdamSettings(form: .tensorflow), generator: AdamSettings(form: .tensorflow),
      latent: .uniform, batchSize: 100),
    intervals: OutputIntervals())
}
