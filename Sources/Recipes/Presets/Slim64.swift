import Networks
import Objectives

/// How many channels the middle layers of slim64's generator have.
package enum WidthRule: String, Codable, CaseIterable, Sendable {
  /// As the tutorial's code computes: depth * 2 * (n - i), which is 384, 256, 128 for 64 x 64.
  case published
  /// As the tutorial intends: depth * 2^(n - i), which is 512, 256, 128.
  case intended
}

extension ArchitecturePreset {
  /// The networks of a TF-slim tutorial for anime faces. The number of layers follows from the picture's size: G has
  /// log2(size) - 1 transposed convolutions from 1 x 1, D has log2(size) convolutions down to 1 x 1, and each network
  /// ends in a k1 convolution.
  package static let slim64 = ArchitecturePreset(
    name: "slim64",
    summary: "the TF-slim pair: k4 convolutions to and from 1 x 1, batch norm without scale; z 64 ~ U[-1, 1)",
    size: 64, sizes: .powersOfTwo(8...2_048), channels: 3, channelChoices: [1, 3], takesWidth: true,
    latent: 64, takesWidthRule: true
  ) { shape in
    Architecture(
      name: "slim64", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: try slimGenerator(shape), discriminator: try slimDiscriminator(shape))
  }

  private static func slimGenerator(_ shape: ArchitectureShape) throws -> [LayerSpecification] {
    let count = shape.size.trailingZeroBitCount - 1
    var layers: [LayerSpecification] = [
      .transposedConvolution(
        slimConvolution(
          try shape.scaled(64 << (count - 1)), stride: 1, padding: .explicit(0))), slimNorm, .relu,
    ]
    for place in 2..<max(2, count) {
      let factor = shape.widthRule == .published ? 2 * (count - place) : 1 << (count - place)
      layers += [
        .transposedConvolution(slimConvolution(try shape.scaled(64 * factor))), slimNorm, .relu,
      ]
    }
    return layers + [
      .transposedConvolution(slimConvolution(try shape.scaled(64), bias: true)),
      .convolution(slimConvolution(shape.channels, kernel: 1, stride: 1, bias: true)), .tanh,
    ]
  }

  private static func slimDiscriminator(_ shape: ArchitectureShape) throws -> [LayerSpecification] {
    var layers: [LayerSpecification] = []
    for place in 0..<shape.size.trailingZeroBitCount {
      layers.append(.convolution(slimConvolution(try shape.scaled(64 << place), bias: place == 0)))
      if place > 0 { layers.append(slimNorm) }
      layers.append(.leakyReLU(slope: 0.2))
    }
    return layers + [.convolution(slimConvolution(1, kernel: 1, stride: 1, bias: true))]
  }

  /// Batch norm with a shift and no scale, and decay 0.999; the running mean is zero-debiased, the running variance is
  /// not.
  private static var slimNorm: LayerSpecification {
    .batchNorm(
      .init(
        epsilon: 1e-3, momentum: 0.001, scale: false, unbiasedRunningVariance: false, zeroDebiasedMean: true))
  }

  private static func slimConvolution(
    _ channels: Int, kernel: Int = 4, stride: Int = 2, padding: Padding = .same, bias: Bool = false
  ) -> ConvolutionSpecification {
    .init(
      outChannels: channels, kernel: kernel, stride: stride, padding: padding, bias: bias,
      weightInitializer: .glorotUniform)
  }
}

extension Preset {
  /// The tutorial's training: one update of D, then three of G, each with new z; D's learning rate is four times
  /// that of G; batches of 8 drawn with replacement, 30,000 steps. Every 200 steps it draws 5 pictures, each also a
  /// separate file.
  ///
  /// TensorFlow smooths the targets of reals by y (1 - s) + s / 2, here with s = 0.25: D's target is 0.875.
  package static let slim64 = Preset(
    architecture: .slim64,
    recipe: Recipe(
      schedule: [
        .discriminator(reals: .new, fakes: .new), .generator(fakes: .new), .generator(fakes: .new),
        .generator(fakes: .new),
      ],
      discriminator: AdamSettings(learningRate: 4e-4, form: .tensorflow),
      generator: AdamSettings(learningRate: 1e-4, form: .tensorflow),
      loss: LossSettings(smoothing: LabelSmoothing(amount: 0.25, rule: .twoSided)), latent: .uniform,
      sampling: SamplingSettings(withReplacement: true), batchSize: 8, epochs: nil, steps: 30_000),
    intervals: OutputIntervals(sample: .steps(200), checkpoint: .steps(200), log: .steps(1)),
    outputs: OutputSettings(grid: PictureGrid(columns: 5, rows: 1), singlePictures: true))
}
