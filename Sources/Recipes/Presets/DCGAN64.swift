import Networks

extension ArchitecturePreset {
  /// The networks of the PyTorch tutorial, which follow Radford, Metz and Chintala 2015.
  ///
  /// Stages of k4 s2 p1 halve (D) or double (G) the picture between its size and 4 x 4. Channels double from stage to
  /// stage, starting with `width` next to the picture. Larger sizes have more stages and so more channels at 4 x 4: 256
  /// for size 32, 512 for 64, 1024 for 128.
  package static let dcgan64 = ArchitecturePreset(
    name: "dcgan64",
    summary: "the DCGAN of the PyTorch tutorial: k4 convolutions, batch norm, no biases; z 100 ~ N(0, 1)",
    size: 64, sizes: .powersOfTwo(16...2_048), channels: 3, channelChoices: [1, 3], takesWidth: true,
    latent: 100
  ) { shape in
    // One stage for each halving between the picture's size and 4 x 4; two for size 16.
    let stages = (shape.size / 4).trailingZeroBitCount
    let widths = try (0..<stages).map { try shape.scaled(64 << $0) }
    return Architecture(
      name: "dcgan64", latent: shape.latent, size: shape.size, channels: shape.channels,
      generator: generator(widths: widths, channels: shape.channels),
      discriminator: discriminator(widths: widths))
  }

  private static func generator(widths: [Int], channels: Int) -> [LayerSpecification] {
    var layers: [LayerSpecification] = []
    for (place, width) in widths.reversed().enumerated() {
      layers += [
        .transposedConvolution(
          .init(
            outChannels: width, kernel: 4, stride: place == 0 ? 1 : 2, padding: .explicit(place == 0 ? 0 : 1))
        ),
        .batchNorm(.init()),
        .relu,
      ]
    }
    return layers + [
      .transposedConvolution(.init(outChannels: channels, kernel: 4, stride: 2, padding: .explicit(1))),
      .tanh,
    ]
  }

  private static func discriminator(widths: [Int]) -> [LayerSpecification] {
    var layers: [LayerSpecification] = []
    for (place, width) in widths.enumerated() {
      layers.append(.convolution(.init(outChannels: width, kernel: 4, stride: 2, padding: .explicit(1))))
      if place > 0 { layers.append(.batchNorm(.init())) }
      layers.append(.leakyReLU(slope: 0.2))
    }
    return layers + [.convolution(.init(outChannels: 1, kernel: 4, stride: 1, padding: .explicit(0)))]
  }
}

extension Preset {
  /// The PyTorch tutorial's training: hard labels, Adam 2e-4 with beta1 0.5; one update of D, then one of G through the
  /// fakes that D has just seen; batches of 128, 5 epochs.
  package static let dcgan64 = Preset(architecture: .dcgan64, recipe: Recipe(), intervals: OutputIntervals())
}
