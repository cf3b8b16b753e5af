import Networks
import Objectives
import Tensors

extension ArchitecturePreset {
  /// A conditional DCGAN for MNIST (Mirza and Osindero 2014 with the networks of Radford et al. 2015), built as in
  /// TensorFlow. The label's one-hot vector is joined to z, and joined to D's picture as ten constant planes.
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

  static func mnistGenerator(_ shape: ArchitectureShape) throws -> [LayerSpecification] {
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

  static func mnistDiscriminator(_ shape: ArchitectureShape) throws -> [LayerSpecification] {
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

  /// Batch norm with a shift and no scale, decay 0.9 and, as in TensorFlow, a biased running variance.
  static var mnistNorm: LayerSpecification {
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
  /// 2e-4 with beta1 0.5, hard labels; batches of 100, 60,000 steps. Every 1,000 steps it draws a sheet of 10 x 10 with
  /// grey borders of one pixel, with one row for each digit.
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
}
