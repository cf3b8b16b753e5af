import Networks
import Objectives

extension ArchitecturePreset {
  /// The networks of a PyTorch tutorial for anime faces of 96 x 96: large kernels, and no padding in G.
  package static let torch96 = ArchitecturePreset(
    name: "torch96",
    summary: "a PyTorch pair for 96 x 96 pictures: k7 and k5 convolutions, batch norm; z 256 ~ N(0, 1)",
    size: 96, sizes: .only(96), channels: 3, channelChoices: [1, 3], takesWidth: true, latent: 256
  ) { shape in
    var generator: [LayerSpecification] = []
    // The sides of the planes are 7, 19, 43, 89 and 93, and 96 after the last layer.
    for (base, kernel, stride) in [(512, 7, 2), (256, 7, 2), (128, 7, 2), (64, 5, 2), (64, 5, 1)] {
      generator += [
        .transposedConvolution(
          .init(
            outChannels: try shape.scaled(base), kernel: kernel, stride: stride, padding: .explicit(0))),
        .batchNorm(.init()), .relu,
      ]
    }
    generator += [
      .transposedConvolution(
        .init(outChannels: shape.channels, kernel: 4, stride: 1, padding: .explicit(0))), .tanh,
    ]

    var discriminator: [LayerSpecification] = []
    // The sides of the planes are 46, 22, 10 and 4.
    for (place, base) in [64, 128, 256, 512].enumerated() {
      discriminator.append(
        .convolution(
          .init(
            outChannels: try shape.scaled(base), kernel: place == 0 ? 7 : 5, stride: 2, padding: .explicit(1),
            bias: true, biasInitializer: .torchBias)))
      if place > 0 { discriminator.append(.batchNorm(.init())) }
      discriminator.append(.leakyReLU(slope: 0.2))
    }
    discriminator.append(
      .convolution(
        .init(
          outChannels: 1, kernel: 4, stride: 1, padding: .explicit(0), bias: true,
          biasInitializer: .torchBias)))
    return Architecture(
      name: "torch96", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: generator, discriminator: discriminator)
  }
}

extension Preset {
  /// The tutorial's training: Adam 6e-4 with beta1 0.5, hard labels; one update of D, then one of G with the same
  /// fakes; batches of 64, 10 epochs, the last short batch dropped; a line of the log every 50 steps and a sheet
  /// every 500, an animation of one sheet a second; seed 2020.
  package static let torch96 = Preset(
    architecture: .torch96,
    recipe: Recipe(
      discriminator: AdamSettings(learningRate: 6e-4), generator: AdamSettings(learningRate: 6e-4),
      batchSize: 64, epochs: 10),
    intervals: OutputIntervals(sample: .steps(500), checkpoint: .steps(500), log: .steps(50)),
    outputs: OutputSettings(framesPerSecond: 1), seed: 2020)
}
