import Configuration
import Networks
import Recipes
import TestSupport
import Testing

@Suite("Presets")
struct PresetTests {
  @Test("dcgan64 has the published parameter counts, to the digit")
  func publishedCounts() throws {
    let architecture = try ArchitecturePreset.dcgan64.architecture()
    let generator = try architecture.summary(of: .generator)
    let discriminator = try architecture.summary(of: .discriminator)
    #expect(generator.trainedParameters == 3_576_704)
    #expect(discriminator.trainedParameters == 2_765_568)
    // Two running averages a channel: 2 (512 + 256 + 128 + 64) and 2 (128 + 256 + 512).
    #expect(generator.parametersWithRunningAverages == 3_576_704 + 1_920)
    #expect(discriminator.parametersWithRunningAverages == 2_765_568 + 1_792)
    #expect(architecture.latent == 100)
  }

  @Test(
    "Stages come and go at the wide end",
    arguments: [
      (16, [128, 64, 3], [64, 128, 1]), (32, [256, 128, 64, 3], [64, 128, 256, 1]),
      (64, [512, 256, 128, 64, 3], [64, 128, 256, 512, 1]),
      (128, [1024, 512, 256, 128, 64, 3], [64, 128, 256, 512, 1024, 1]),
    ])
  func sizes(size: Int, generator: [Int], discriminator: [Int]) throws {
    let architecture = try ArchitecturePreset.dcgan64.architecture(size: size)
    func widths(_ role: NetworkRole) throws -> [Int] {
      try architecture.summary(of: role).layers.compactMap {
        switch $0.layer {
        case .convolution(let c), .transposedConvolution(let c): c.outChannels
        default: nil
        }
      }
    }
    #expect(try widths(.generator) == generator)
    #expect(try widths(.discriminator) == discriminator)
    #expect(try architecture.summary(of: .generator).output == architecture.picture)
    #expect(try architecture.summary(of: .discriminator).output.count == 1)
    // The first stage makes 4 x 4 whatever the size.
    #expect(try architecture.summary(of: .generator).layers[0].output.height == 4)
  }

  @Test(
    "A width multiplies every channel count but the picture's and the logit's", arguments: [1, 7, 16, 128])
  func widths(width: Int) throws {
    let architecture = try ArchitecturePreset.dcgan64.architecture(width: width, channels: 1)
    let layers = try architecture.summary(of: .discriminator).layers
    #expect(layers[0].output.channels == width)
    #expect(layers[8].output.channels == 8 * width)
    #expect(try architecture.summary(of: .generator).output.channels == 1)
  }

  @Test("Only the first discriminator stage has no batch norm, and no layer a bias")
  func layout() throws {
    let architecture = try ArchitecturePreset.dcgan64.architecture()
    #expect(
      architecture.discriminator.map(\.kind) == [
        "convolution", "leakyReLU", "convolution", "batchNorm", "leakyReLU", "convolution", "batchNorm",
        "leakyReLU",
        "convolution", "batchNorm", "leakyReLU", "convolution",
      ])
    #expect(architecture.generator.suffix(2).map(\.kind) == ["transposedConvolution", "tanh"])
    for layer in architecture.generator + architecture.discriminator {
      switch layer {
      case .convolution(let c), .transposedConvolution(let c):
        #expect(!c.bias)
        #expect(c.weightInitializer == .normal(mean: 0, std: 0.02))
      case .batchNorm(let norm):
        #expect(norm == BatchNormSpecification())
      case .leakyReLU(let slope): #expect(slope == 0.2)
      default: break
      }
    }
  }

  @Test("What a preset cannot be built for is refused in a sentence")
  func refusals() {
    let preset = ArchitecturePreset.dcgan64
    expectError("the picture size of dcgan64 is a power of two from 16 to 2048, and 63 was asked for") {
      try preset.architecture(size: 63)
    }
    expectError("the picture size of dcgan64 is a power of two from 16 to 2048, and 8 was asked for") {
      try preset.architecture(size: 8)
    }
    expectError("the pictures of dcgan64 have 1 or 3 channels, and 2 was asked for") {
      try preset.architecture(channels: 2)
    }
    expectError("the width is a whole number from 1 to 4096 (64 is the published one), and 0 was asked for") {
      try preset.architecture(width: 0)
    }
    expectError("z has from 1 to 65536 numbers, and 0 was asked for") { try preset.architecture(latent: 0) }
    expectError("there is no preset \"dcgan46\"; did you mean dcgan64 or cdcgan64?") {
      try ArchitecturePreset.named("dcgan46")
    }
  }
}
