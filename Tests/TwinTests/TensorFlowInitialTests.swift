import Foundation
import Networks
import Recipes
import Tensors
import TestNetworks
import Testing

/// How networks begin in TensorFlow and Keras, beside draws of their own: Glorot's bounds, a truncated normal, biases.
@Suite struct TensorFlowInitialTests {
  let numbers: TensorFlowNumbers

  init() throws { numbers = try TensorFlowNumbers() }

  @Test func glorotsBounds() throws {
    for one in numbers.initial.glorot {
      let layer: LayerSpecification
      let input: PictureShape
      switch one.kind {
      case "convolution":  // [KH,KW,C,OC]
        input = PictureShape(height: 5, width: 5, channels: one.shape[2])
        layer = .convolution(
          .init(
            outChannels: one.shape[3], kernel: one.shape[0], stride: 1, padding: .same,
            weightInitializer: .glorotUniform))
      case "transposed_convolution":  // [KH,KW,OC,C]
        input = PictureShape(height: 5, width: 5, channels: one.shape[3])
        layer = .transposedConvolution(
          .init(
            outChannels: one.shape[2], kernel: one.shape[0], stride: 1, padding: .same,
            weightInitializer: .glorotUniform))
      default:
        input = .vector(one.shape[0])
        layer = .dense(
          .init(outFeatures: one.shape[1], bias: false, weightInitializer: .glorotUniform))
      }
      let made = try SmallNetwork([layer], input)
      let largest = (1...100).reduce(0.0) { largest, seed in
        made.network.initialize(seed: UInt64(seed))
        return max(largest, values(made.network).reduce(0) { max($0, abs(Double($1))) })
      }
      // Both come this near to the bound, and never over it.
      #expect(abs(largest - one.largest) < 1e-4 * one.largest, "\(one.kind)")
    }
  }

  @Test func truncatedNormalIsRedrawnBeyondTwoStd() throws {
    let wanted = numbers.initial.truncatedNormal
    #expect(abs(wanted.foundStd / wanted.std - 0.8796) < 1e-3)
    let made = try SmallNetwork(
      [.dense(.init(outFeatures: 1000, bias: false, weightInitializer: .truncatedNormal(std: wanted.std)))],
      .vector(1000))
    made.network.initialize(seed: 1)
    let sizes = values(made.network).map { abs(Double($0)) }
    let largest = sizes.max() ?? 0
    // A cut without redrawing would leave a pile at the bound, and a std of 0.96.
    #expect(largest <= 2 * wanted.std * (1 + 1e-6) && abs(largest - wanted.largest) < 1e-3 * wanted.std)
    let std = (sizes.reduce(0) { $0 + $1 * $1 } / Double(sizes.count)).squareRoot()
    #expect(abs(std - wanted.foundStd) < 0.004 * wanted.foundStd)
    for (bound, share) in zip([0.5, 1, 1.5], wanted.within) {
      let found = Double(sizes.filter { $0 < bound * wanted.std }.count) / Double(sizes.count)
      // A share of a million draws is off by 0.0005; two are compared.
      #expect(abs(found - share) < 0.003)
    }
  }

  @Test(arguments: [Preset.paper64, .slim64, .keras64]) func biasesBeginAtZero(_ preset: Preset) throws {
    #expect(numbers.initial.largestBias == 0)
    let rig = try StepRig(
      preset.architecture.architecture(width: 4, latent: 8), preset.recipe, batch: 2, slices: 1)
    var seen = 0
    for network in [rig.adversaries.generator.network, rig.adversaries.discriminator.network] {
      network.initialize(seed: 3)
      for state in network.parameterState where state.name.hasSuffix("bias") {
        seen += 1
        #expect((0..<state.count).allSatisfy { state.data[$0] == 0 }, "\(state.name)")
      }
    }
    #expect(seen >= 8)
  }
}
