import Networks
import Objectives
import Tensors

extension ArchitecturePreset {
  /// A conditional DCGAN for MNIST: the label's one-hot vector joined to z, and as ten constant planes to D's picture
  /// (Mirza and Osindero 2014 with the networks of Radford et al. 2015), built as TensorFlow does.
  package static let cgan28 = ArchitecturePreset(
    name: "cgan28",
    summary:
      "a conditional DCGAN for MNIST in TensorFlow: k5 convolutions with SAME padding, 28 x 28; z 100 ~ U[-1, 1)",
    size: 28, sizes: .only(28), channels: 1, channelChoices: [1, 3], takesWidth: true, latent: 100,
    groups: [LabelGroup(name: "digit", classes: (0...9).map(String.init))]
  ) { shape in
    Architecture(
      name: "cgan28", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: try mnistGenerator(shape), discriminator: try mnistDiscriminator(shape),
      conditions: Conditions(groups: shape.groups))
  }

  /// The nets of cgan28 with codes in place of labels (Chen et al. 2016): one of ten values and two numbers, which a head
  /// of D finds again in the picture.
  package static let infogan28 = ArchitecturePreset(
    name: "infogan28",
    summary:
      "InfoGAN on cgan28's networks: a code of ten values and two numbers, found again by Q; z 62 ~ U[-1, 1)",
    size: 28, sizes: .only(28), channels: 1, channelChoices: [1, 3], takesWidth: true, latent: 62
  ) { shape in
    let discriminator = try mnistDiscriminator(shape)
    let codes = Codes(categorical: [10], uniform: 2)
    return Architecture(
      name: "infogan28", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: try mnistGenerator(shape), discriminator: discriminator, codes: codes,
      q: Head(
        // All but the flattening and D's own last layer.
        after: discriminator.count - 2,
        layers: [
          .dense(.init(outFeatures: try shape.scaled(128), weightInitializer: .glorotUniform)), mnistNorm,
          .leakyReLU(slope: 0.1),
          .dense(.init(outFeatures: codes.size, weightInitializer: .glorotUniform)),
        ]))
  }

  private static func mnistGenerator(_ shape: ArchitectureShape) throws -> [LayerSpecification] {
    let first = try shape.scaled(512)
    var layers: [LayerSpecification] = [
      .dense(.init(outFeatures: 9 * first, weightInitializer: .glorotUniform)),
      .reshape(height: 3, width: 3, channels: first), mnistNorm, .relu,
    ]
    for base in [256, 128, 64] {
      layers += [.transposedConvolution(mnistConvolution(try shape.scaled(base))), mnistNorm, .relu]
    }
    return layers + [
      .transposedConvolution(mnistConvolution(shape.channels, stride: 1, padding: .explicit(0))), .tanh,
    ]
  }

  private static func mnistDiscriminator(_ shape: ArchitectureShape) throws -> [LayerSpecification] {
    var layers: [LayerSpecification] = []
    for (place, base) in [64, 128, 256, 512].enumerated() {
      layers.append(.convolution(mnistConvolution(try shape.scaled(base))))
      if place > 0 { layers.append(mnistNorm) }
      layers.append(.leakyReLU(slope: 0.2))
    }
    return layers + [
      .reshape(height: 1, width: 1, channels: 4 * (try shape.scaled(512))),
      .dense(.init(outFeatures: 1, weightInitializer: .glorotUniform)),
    ]
  }

  /// A shift and no scale; TensorFlow's decay 0.9, its biased running variance.
  private static var mnistNorm: LayerSpecification {
    .batchNorm(.init(epsilon: 1e-3, scale: false, unbiasedRunningVariance: false))
  }

  private static func mnistConvolution(
    _ channels: Int, stride: Int = 2, padding: Padding = .same
  ) -> ConvolutionSpecification {
    .init(
      outChannels: channels, kernel: 5, stride: stride, padding: padding, bias: true,
      weightInitializer: .glorotUniform)
  }
}

extension Preset {
  /// The tutorial's training: one update of D, then two of G, all with the same reals, z and labels; TensorFlow's Adam
  /// 2e-4 with beta1 0.5, hard labels; batches of 100, 60,000 steps; every 1,000 a sheet of 10 x 10 with borders of one
  /// grey pixel, a row a digit.
  package static let cgan28 = Preset(
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
  package static let infogan28 = Preset(
    architecture: .infogan28,
    recipe: Recipe(
      discriminator: AdamSettings(form: .tensorflow),
      generator: AdamSettings(learningRate: 1e-3, form: .tensorflow), latent: .uniform, batchSize: 100,
      epochs: nil, steps: 60_000),
    intervals: OutputIntervals(sample: .steps(1_000), checkpoint: .steps(1_000), log: .steps(100)),
    outputs: OutputSettings(grid: PictureGrid(columns: 10, rows: 9), padding: 1, paddingGrey: 0.5))
}
