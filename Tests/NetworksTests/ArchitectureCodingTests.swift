import Configuration
import Foundation
import Networks
import Recipes
import TestSupport
import Testing

@Suite("Architectures in JSON")
struct ArchitectureCodingTests {
  /// Every kind of layer, with values that no default has.
  private let all: [LayerSpecification] = [
    .dense(
      .init(outFeatures: 64, bias: true, weightInitializer: .glorotUniform, biasInitializer: .torchBias)),
    .reshape(height: 2, width: 2, channels: 16),
    .batchNorm(
      .init(
        epsilon: 1e-3, momentum: 0.01, scale: false, unbiasedRunningVariance: false, zeroDebiasedMean: true)),
    .relu,
    .transposedConvolution(
      .init(
        outChannels: 8, kernel: 5, stride: 2, padding: .same, bias: true,
        weightInitializer: .truncatedNormal(std: 0.02), biasInitializer: .constant(0.5))),
    .leakyReLU(slope: 0.1), .dropout(rate: 0.3), .dropout(rate: 0.5, atTest: true), .sigmoid,
    .dense(.init(outFeatures: 3, spectralNorm: true)),
    .transposedConvolution(
      .init(outChannels: 1, kernel: 1, stride: 1, padding: .explicit(0), spectralNorm: true)),
    .averagePool(kernel: 3, stride: 2), .pixelShuffle(factor: 2), .upsampleNearest(factor: 3),
    .convolution(.init(outChannels: 1, kernel: 1, stride: 1, padding: .explicit(0))), .tanh,
  ]

  @Test("Every layer comes back as it went, through any coder and through our own text")
  func roundTrip() throws {
    var architecture = try ArchitecturePreset.dcgan64.architecture(size: 32, width: 24, channels: 1)
    architecture.generator = all
    let encoded = try JSONEncoder().encode(architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: encoded) == architecture)
    let text = Data(architecture.configuration.json().utf8)
    #expect(try JSONDecoder().decode(Architecture.self, from: text) == architecture)
  }

  @Test("A layer reads as a person would write it")
  func readable() throws {
    let layer = LayerSpecification.convolution(
      .init(outChannels: 64, kernel: 4, stride: 2, padding: .explicit(1)))
    #expect(
      layer.configuration.json()
        == #"{"layer": "convolution", "out": 64, "kernel": 4, "stride": 2, "padding": 1, "bias": false, "init": {"rule": "normal", "mean": 0, "std": 0.02}}"#
    )
  }

  @Test("A pool without a stride goes by whole windows")
  func poolStride() throws {
    let layer = try LayerSpecification(
      configuration: .object([.init("layer", .string("averagePool")), .init("kernel", .integer(3))]), path: ""
    )
    #expect(layer == .averagePool(kernel: 3, stride: 3))
  }

  @Test(
    "Each wrong layer is named with its place and what would be right",
    arguments: [
      (
        #"{"layer": "convolutoin", "out": 1}"#,
        "generator.0 is an unknown layer \"convolutoin\"; did you mean convolution?"
      ),
      (#"{"layer": "relu", "slope": 1}"#, "generator.0 (relu) has an unknown key \"slope\"; there is layer"),
      (
        #"{"layer": "convolution", "out": 1, "kernal": 4, "stride": 1, "padding": 0, "bias": false}"#,
        "generator.0 (convolution) has an unknown key \"kernal\"; did you mean kernel?"
      ),
      (
        #"{"layer": "convolution", "out": 1, "kernel": 4, "stride": 1, "bias": false}"#,
        "generator.0 (convolution) lacks \"padding\""
      ),
      (
        #"{"layer": "convolution", "out": 1, "kernel": 4, "stride": 1, "padding": 4, "bias": false}"#,
        "generator.0.padding must be \"same\" or a whole number from 0 to below the kernel, 4, and is 4"
      ),
      (
        #"{"layer": "convolution", "out": 0, "kernel": 4, "stride": 1, "padding": 0, "bias": false}"#,
        "generator.0.out must be a whole number from 1 to 1048576, and is 0"
      ),
      (
        #"{"layer": "convolution", "out": "many", "kernel": 4, "stride": 1, "padding": 0, "bias": false}"#,
        "generator.0.out must be a whole number from 1 to 1048576, and is \"many\""
      ),
      (
        #"{"layer": "convolution", "out": 2.5, "kernel": 4, "stride": 1, "padding": 0, "bias": false}"#,
        "generator.0.out must be a whole number from 1 to 1048576, and is 2.5"
      ),
      (
        #"{"layer": "dropout", "rate": 1}"#, "generator.0.rate must be a number from 0 to below 1, and is 1.0"
      ),
      (
        #"{"layer": "dropout", "rate": 0.5, "at_test": "yes"}"#,
        "generator.0.at_test must be true or false, and is \"yes\""
      ),
      (
        #"{"layer": "dense", "out": 3, "bias": true, "spectral_norm": 1}"#,
        "generator.0.spectral_norm must be true or false, and is 1"
      ),
      (#"{"layer": "leakyReLU"}"#, "generator.0 (leakyReLU) lacks \"slope\""),
      (#"{"layer": "batchNorm", "epsilon": 0}"#, "generator.0.epsilon must be a number above 0, and is 0"),
      (
        #"{"layer": "batchNorm", "momentum": 1.5}"#,
        "generator.0.momentum must be a number above 0 and at most 1, the new batch's share, and is 1.5"
      ),
      (
        #"{"layer": "dense", "out": 3, "bias": 1}"#, "generator.0.bias must be true or false, and is 1"
      ),
      (
        #"{"layer": "dense", "out": 3, "bias": false, "init": {"rule": "norml"}}"#,
        "generator.0.init has an unknown rule \"norml\"; did you mean normal?"
      ),
      (
        #"{"layer": "dense", "out": 3, "bias": false, "init": {"rule": "normal", "std": -1}}"#,
        "generator.0.init.std must be a number, at least 0, and is -1.0"
      ),
      (
        #""relu""#,
        "generator.0 must be an object whose \"layer\" is convolution, transposedConvolution, dense, batchNorm, relu, "
          + "leakyReLU, tanh, sigmoid, dropout, averagePool, pixelShuffle, upsampleNearest or reshape"
      ),
      (
        #"{"layer": "averagePool", "kernel": 0}"#,
        "generator.0.kernel must be a whole number from 1 to 64, and is 0"
      ),
      (#"{"layer": "averagePool", "stride": 2}"#, "generator.0 (averagePool) lacks \"kernel\""),
      (
        #"{"layer": "pixelShuffle", "factor": 1.5}"#,
        "generator.0.factor must be a whole number from 1 to 64, and is 1.5"
      ),
      (
        #"{"layer": "upsampleNearest", "scale": 2}"#,
        "generator.0 (upsampleNearest) has an unknown key \"scale\"; there is layer and factor"
      ),
    ])
  func wrongLayers(layer: String, sentence: String) {
    let text = #"""
      {"name": "mine", "latent": 8, "size": 16, "channels": 3, "generator": [\#(layer)], "discriminator": []}
      """#
    expectError(sentence) { try JSONDecoder().decode(Architecture.self, from: Data(text.utf8)) }
  }

  @Test(
    "Each wrong value of the architecture itself is named",
    arguments: [
      (#""channels": 2"#, "channels must be 1 (grey) or 3 (RGB), and is 2"),
      (#""size": 0"#, "size must be a whole number from 1 to 4096, and is 0"),
      (#""latent": true"#, "latent must be a whole number from 1 to 65536, and is true"),
      (#""generator": 3"#, "generator must be a list, and is 3"),
      (
        #""name": "a/b""#,
        "name must be up to 60 letters, digits, \"-\", \"_\" and \".\", as it names the run's folder, and is \"a/b\""
      ),
    ])
  func wrongValues(member: String, sentence: String) throws {
    let whole = try ArchitecturePreset.dcgan64.architecture().configuration
    let changed = try JSONDecoder().decode(ConfigurationValue.self, from: Data("{\(member)}".utf8))
    expectError(sentence) { try Architecture(configuration: whole.merging(changed)) }
  }

  @Test("A key too many and a key too few are named")
  func keys() throws {
    let whole = try ArchitecturePreset.dcgan64.architecture().configuration
    expectError("the outermost object has an unknown key \"latnet\"; did you mean latent?") {
      try Architecture(configuration: whole.merging(.object([.init("latnet", .integer(3))])))
    }
    expectError("the outermost object lacks \"latent\"") {
      try Architecture(configuration: whole.merging(.object([.init("latent", .null)])))
    }
  }
}
