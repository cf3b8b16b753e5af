import Foundation
import Networks
import Training

func sine(_ x: Double) -> Double { sin(x) }

/// Pairs small enough for many steps in a test.
enum SmallPairs {
  /// Every kind of layer: dense, reshape, batch norm of features and of channels, dropout in both networks,
  /// biases, SAME.
  static let everything = Architecture(
    name: "everything", latent: 6, size: 8, channels: 3,
    generator: [
      .dense(.init(outFeatures: 2 * 2 * 5, bias: false, weightInitializer: .glorotUniform)),
      .batchNorm(.init(epsilon: 1e-3, scale: false)), .leakyReLU(slope: 0.2),
      .reshape(height: 2, width: 2, channels: 5),
      .transposedConvolution(.init(outChannels: 17, kernel: 5, stride: 2, padding: .same, bias: true)),
      .batchNorm(.init()), .relu, .dropout(rate: 0.25),
      .transposedConvolution(.init(outChannels: 4, kernel: 4, stride: 2, padding: .explicit(1))), .relu,
      .convolution(
        .init(outChannels: 3, kernel: 3, stride: 1, padding: .same, bias: true, biasInitializer: .torchBias)),
      .tanh,
    ],
    discriminator: [
      .convolution(.init(outChannels: 6, kernel: 4, stride: 2, padding: .explicit(1), bias: true)),
      .leakyReLU(slope: 0.2), .dropout(rate: 0.3),
      .convolution(.init(outChannels: 16, kernel: 3, stride: 2, padding: .same)),
      .batchNorm(.init(unbiasedRunningVariance: false, zeroDebiasedMean: true)), .leakyReLU(slope: 0.2),
      .sigmoid,
      .dense(.init(outFeatures: 1, weightInitializer: .truncatedNormal(std: 0.1))),
    ])

  /// The tutorial's pair at its smallest.
  static func dcgan16() throws -> Architecture {
    try ArchitecturePreset.dcgan64.architecture(size: 16, width: 4, latent: 6)
  }

  /// With whole vectors of channels, so that there are several ways of computing its convolutions.
  static func wide16() throws -> Architecture {
    try ArchitecturePreset.dcgan64.architecture(size: 16, width: 16, latent: 6)
  }

  /// D:G = 1:3, new fakes for every update.
  static let slim64: [Update] = [
    .discriminator(reals: .new, fakes: .new), .generator(fakes: .new), .generator(fakes: .new),
    .generator(fakes: .new),
  ]
  /// Twice a D update on fakes and one on the same reals, then one G update; new z each.
  static let keras64: [Update] = [
    .discriminator(reals: nil, fakes: .new), .discriminator(reals: .new, fakes: nil),
    .discriminator(reals: nil, fakes: .new), .discriminator(reals: .reuse, fakes: nil),
    .generator(fakes: .new),
  ]
}
