import Networks
import Objectives

extension ArchitecturePreset {
  /// The networks of Radford, Metz and Chintala 2015, figure 1, as a TensorFlow walk-through builds them.
  ///
  /// G begins with a dense layer to 4 x 4 x 1024; stages are k5 s2 with TensorFlow's SAME padding. The initial weights
  /// are normal with std 0.02, truncated at two std; the initial biases are 0.
  package static let paper64 = ArchitecturePreset(
    name: "paper64",
    summary: "the DCGAN paper's networks in TensorFlow: k5 convolutions with SAME padding; z 100 ~ U[-1, 1)",
    size: 64, sizes: .only(64), channels: 3, channelChoices: [1, 3], takesWidth: true, latent: 100
  ) { shape in
    let widths = try [1024, 512, 256, 128].map(shape.scaled)
    var generator: [LayerSpecification] = [
      .dense(.init(outFeatures: 16 * widths[0], weightInitializer: .truncatedNormal(std: 0.02))),
      .reshape(height: 4, width: 4, channels: widths[0]), paperNorm, .relu,
    ]
    for width in widths.dropFirst() {
      generator += [.transposedConvolution(paperConvolution(width)), paperNorm, .relu]
    }
    generator += [.transposedConvolution(paperConvolution(shape.channels)), .tanh]

    var discriminator: [LayerSpecification] = []
    for (place, base) in [64, 128, 256, 512].enumerated() {
      discriminator.append(.convolution(paperConvolution(try shape.scaled(base))))
      if place > 0 { discriminator.append(paperNorm) }
      discriminator.append(.leakyReLU(slope: 0.2))
    }
    discriminator += [
      .reshape(height: 1, width: 1, channels: 16 * (try shape.scaled(512))),
      .dense(.init(outFeatures: 1, weightInitializer: .truncatedNormal(std: 0.02))),
    ]
    return Architecture(
      name: "paper64", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: generator, discriminator: discriminator)
  }

  /// Batch norm with scale and shift and, as in TensorFlow, a biased running variance.
  private static var paperNorm: LayerSpecification {
    .batchNorm(.init(unbiasedRunningVariance: false, scaleInitializer: .constant(1)))
  }

  private static func paperConvolution(_ channels: Int) -> ConvolutionSpecification {
    .init(
      outChannels: channels, kernel: 5, stride: 2, padding: .same, bias: true,
      weightInitializer: .truncatedNormal(std: 0.02))
  }
}

extension Preset {
  /// The walk-through's training: TensorFlow's Adam 2e-4 with beta1 0.5, hard labels; one update of D, then one of G
  /// through the fakes that D has just seen; batches of 100. The walk-through gives no length; here it is 5 epochs.
  package static let paper64 = Preset(
    architecture: .paper64,
    recipe: Recipe(
      discriminator: AdamSettings(form: .tensorflow), generator: AdamSettings(form: .tensorflow),
      latent: .uniform, batchSize: 100),
    intervals: OutputIntervals())
}
