import Foundation
import Networks
import Recipes
import Tensors

package func sine(_ x: Double) -> Double { sin(x) }

/// Pairs small enough for many steps in a test.
package enum SmallPairs {
  /// Every kind of layer: dense, reshape, batch norm of features and of channels, dropout in both networks,
  /// biases, SAME, pooling, shuffling and resizing.
  package static let everything = Architecture(
    name: "everything", latent: 6, size: 8, channels: 3,
    generator: [
      .dense(.init(outFeatures: 2 * 2 * 5, bias: false, weightInitializer: .glorotUniform)),
      .batchNorm(.init(epsilon: 1e-3, scale: false)), .leakyReLU(slope: 0.2),
      .reshape(height: 2, width: 2, channels: 5),
      .transposedConvolution(.init(outChannels: 17, kernel: 5, stride: 2, padding: .same, bias: true)),
      .batchNorm(.init()), .relu, .dropout(rate: 0.25),
      .transposedConvolution(.init(outChannels: 4, kernel: 4, stride: 2, padding: .explicit(1))), .relu,
      .upsampleNearest(factor: 2), .averagePool(kernel: 2, stride: 2),
      .convolution(
        .init(outChannels: 3, kernel: 3, stride: 1, padding: .same, bias: true, biasInitializer: .torchBias)),
      .tanh,
    ],
    discriminator: [
      .convolution(.init(outChannels: 6, kernel: 4, stride: 2, padding: .explicit(1), bias: true)),
      .leakyReLU(slope: 0.2), .dropout(rate: 0.3),
      .convolution(.init(outChannels: 16, kernel: 3, stride: 2, padding: .same)),
      .batchNorm(.init(unbiasedRunningVariance: false, zeroDebiasedMean: true)), .leakyReLU(slope: 0.2),
      .sigmoid, .pixelShuffle(factor: 2),
      .dense(.init(outFeatures: 1, weightInitializer: .truncatedNormal(std: 0.1))),
    ])

  /// The same with every weight of both networks divided by its largest singular value.
  package static let normalized: Architecture = {
    var pair = everything.withSpectralNormInDiscriminator()
    pair.generator = pair.generator.map { layer in
      switch layer {
      case .convolution(var c):
        c.spectralNorm = true
        return .convolution(c)
      case .transposedConvolution(var c):
        c.spectralNorm = true
        return .transposedConvolution(c)
      case .dense(var d):
        d.spectralNorm = true
        return .dense(d)
      default: return layer
      }
    }
    return pair
  }()

  /// Nothing with a kink, and weights large enough for gradients that differences can show.
  package static let smooth: Architecture = {
    func drawn(_ out: Int, _ stride: Int, _ padding: Int) -> ConvolutionSpecification {
      ConvolutionSpecification(
        outChannels: out, kernel: 4, stride: stride, padding: .explicit(padding),
        weightInitializer: .normal(mean: 0, std: 0.25))
    }
    return Architecture(
      name: "smooth", latent: 6, size: 8, channels: 3,
      generator: [
        .transposedConvolution(drawn(8, 1, 0)), .tanh, .transposedConvolution(drawn(3, 2, 1)), .tanh,
      ],
      discriminator: [.convolution(drawn(6, 2, 1)), .tanh, .convolution(drawn(1, 1, 0))])
  }()

  /// A group of three classes and one of two.
  package static let groups = [
    LabelGroup(name: "hair", classes: ["black", "blonde", "red"]),
    LabelGroup(name: "eyes", classes: ["blue", "brown"]),
  ]

  /// The same layers, pictures by labels.
  package static let conditional: Architecture = {
    var pair = everything
    pair.name = "conditional"
    pair.conditions = Conditions(groups: groups)
    return pair
  }()

  /// The same layers, with codes and a head that finds them, in the middle of what batch norm takes along elsewhere.
  package static let coded: Architecture = {
    var pair = everything
    pair.name = "coded"
    pair.codes = Codes(categorical: [3, 2], uniform: 2)
    pair.q = Head(
      after: 5,
      layers: [
        .dense(.init(outFeatures: 6)), .batchNorm(.init(scale: false)), .leakyReLU(slope: 0.1),
        .dropout(rate: 0.2), .dense(.init(outFeatures: 7)),
      ])
    return pair
  }()

  /// The same layers, pictures by labels that D tells instead of being told, and codes too: two heads.
  package static let classifying: Architecture = {
    var pair = coded
    pair.name = "classifying"
    pair.conditions = Conditions(groups: groups, planes: false)
    pair.classifier = Head(
      after: 2,
      layers: [
        .convolution(.init(outChannels: 4, kernel: 4, stride: 2, padding: .explicit(1))), .relu,
        .dense(.init(outFeatures: 5)),
      ])
    return pair
  }()

  /// The tutorial's pair at its smallest.
  package static func dcgan16() throws -> Architecture {
    try ArchitecturePreset.dcgan64.architecture(size: 16, width: 4, latent: 6)
  }

  /// With whole vectors of channels, so that there are several ways of computing its convolutions.
  package static func wide16() throws -> Architecture {
    try ArchitecturePreset.dcgan64.architecture(size: 16, width: 16, latent: 6)
  }

  /// D:G = 1:3, new fakes for every update.
  package static let slim64: [Update] = [
    .discriminator(reals: .new, fakes: .new), .generator(fakes: .new), .generator(fakes: .new),
    .generator(fakes: .new),
  ]
  /// D:G = 1:2, with the same z throughout.
  package static let cgan28: [Update] = [
    .discriminator(reals: .new, fakes: .new), .generator(fakes: .reuse), .generator(fakes: .reuse),
  ]
  /// Twice a D update on fakes and one on the same reals, then one G update; new z each.
  package static let keras64: [Update] = [
    .discriminator(reals: nil, fakes: .new), .discriminator(reals: .new, fakes: nil),
    .discriminator(reals: nil, fakes: .new), .discriminator(reals: .reuse, fakes: nil),
    .generator(fakes: .new),
  ]
}
