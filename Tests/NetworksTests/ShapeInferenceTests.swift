import Configuration
import Networks
import TestSupport
import Testing

@Suite("Shapes")
struct ShapeInferenceTests {
  private func convolution(_ kernel: Int, _ stride: Int, _ padding: Padding, out: Int = 1)
    -> LayerSpecification
  {
    .convolution(.init(outChannels: out, kernel: kernel, stride: stride, padding: padding))
  }

  private func transposed(_ kernel: Int, _ stride: Int, _ padding: Padding, out: Int = 1)
    -> LayerSpecification
  {
    .transposedConvolution(.init(outChannels: out, kernel: kernel, stride: stride, padding: padding))
  }

  /// An architecture that is right, to be broken in one place.
  private func small(
    generator: [LayerSpecification]? = nil, discriminator: [LayerSpecification]? = nil
  ) -> Architecture {
    Architecture(
      name: "small", latent: 8, size: 4, channels: 3,
      generator: generator ?? [transposed(4, 1, .explicit(0), out: 3), .tanh],
      discriminator: discriminator ?? [convolution(4, 1, .explicit(0))])
  }

  @Test("Convolutions round down, SAME rounds up, transposed ones turn it round")
  func sides() throws {
    func chain(_ size: Int, _ layers: [LayerSpecification]) throws -> [Int] {
      let architecture = Architecture(
        name: "chain", latent: 1, size: size, channels: 1, generator: [.tanh], discriminator: layers)
      return try architecture.summary(of: .discriminator).layers.map(\.output.height)
    }
    // torch96: D by kernels 7, 5, 5, 5 with padding 1, then k4 s1.
    let p1 = Padding.explicit(1)
    #expect(
      try chain(
        96,
        [
          convolution(7, 2, p1), convolution(5, 2, p1), convolution(5, 2, p1), convolution(5, 2, p1),
          convolution(4, 1, .explicit(0)),
        ]) == [46, 22, 10, 4, 1])
    // torch96: G.
    let p0 = Padding.explicit(0)
    #expect(
      try chain(
        1,
        [
          transposed(7, 2, p0), transposed(7, 2, p0), transposed(7, 2, p0), transposed(5, 2, p0),
          transposed(5, 1, p0), transposed(4, 1, p0),
        ]) == [7, 19, 43, 89, 93, 96])
    // cgan28: D by SAME.
    let same = convolution(5, 2, .same)
    #expect(try chain(28, [same, same, same, same]) == [14, 7, 4, 2])
    #expect(try chain(3, [transposed(5, 2, .same), transposed(5, 2, .same)]) == [6, 12])
  }

  @Test("Parameters are counted with biases, scales and running averages")
  func counts() throws {
    let layers: [LayerSpecification] = [
      .dense(.init(outFeatures: 32, bias: true)), .batchNorm(.init()),
      .reshape(height: 2, width: 2, channels: 8),
      .batchNorm(.init(scale: false)),
      .transposedConvolution(.init(outChannels: 3, kernel: 2, stride: 2, padding: .explicit(0), bias: true)),
      .tanh,
    ]
    let summary = try small(generator: layers).summary(of: .generator)
    #expect(summary.layers.map(\.trainedParameters) == [8 * 32 + 32, 64, 0, 8, 8 * 3 * 4 + 3, 0])
    #expect(summary.layers.map(\.runningAverages) == [0, 64, 0, 16, 0, 0])
    #expect(summary.trainedParameters == 288 + 64 + 8 + 99)
    #expect(summary.parametersWithRunningAverages == summary.trainedParameters + 80)
    try small(generator: layers).validate()
  }

  @Test("Pools shrink, shuffles and resizes grow, without parameters")
  func resampling() throws {
    let layers: [LayerSpecification] = [
      .reshape(height: 1, width: 1, channels: 8), .pixelShuffle(factor: 2), .upsampleNearest(factor: 3),
      .averagePool(kernel: 3, stride: 2), .averagePool(kernel: 2, stride: 2),
    ]
    let summary = try small(generator: layers).summary(of: .generator)
    #expect(summary.layers.map { $0.output.height } == [1, 2, 6, 2, 1])
    #expect(summary.layers.map { $0.output.channels } == [8, 2, 2, 2, 2])
    #expect(summary.parametersWithRunningAverages == 0)
    expectError("generator.0 (averagePool) cannot take 1 x 1 x 8: its windows are 2 x 2") {
      try small(generator: [.averagePool(kernel: 2, stride: 1)]).validate()
    }
    expectError(
      "generator.0 (pixelShuffle) cannot take 1 x 1 x 8: a factor of 3 makes one channel of 9, and 8 is no multiple of "
        + "it"
    ) { try small(generator: [.pixelShuffle(factor: 3)]).validate() }
    // A mean of many logits is one logit.
    try small(discriminator: [convolution(3, 1, .explicit(0)), .averagePool(kernel: 2, stride: 2)]).validate()
  }

  @Test("What only moves pixels keeps their range")
  func range() {
    for layer in [LayerSpecification.pixelShuffle(factor: 2), .upsampleNearest(factor: 2)] {
      #expect(Architecture.pixelRange(of: [.sigmoid, layer]) == .unit)
      #expect(Architecture.pixelRange(of: [.tanh, layer]) == .symmetric)
    }
  }

  @Test("What does not meet is told with the layer and the shapes")
  func mismatches() throws {
    try small().validate()
    expectError(
      "discriminator.0 (convolution) cannot take 4 x 4 x 3: its kernel is 7 x 7, and with padding 1 the picture is "
        + "only 6 x 6"
    ) { try small(discriminator: [convolution(7, 1, .explicit(1))]).validate() }
    expectError(
      "generator.0 (transposedConvolution) leaves nothing of 1 x 1 x 8: kernel 3, stride 1 and its padding would give "
        + "-1 x -1"
    ) { try small(generator: [transposed(3, 1, .explicit(2))]).validate() }
    expectError("generator.0 (reshape) cannot make 2 x 2 x 8 of 1 x 1 x 8: 32 numbers are not 8") {
      try small(generator: [.reshape(height: 2, width: 2, channels: 8)]).validate()
    }
    expectError(
      "the generator ends in 5 x 5 x 3 at generator.0 (transposedConvolution), but the pictures are 4 x 4 x 3: its "
        + "layers and \"size\" or \"channels\" do not agree"
    ) { try small(generator: [transposed(5, 1, .explicit(0), out: 3)]).validate() }
    expectError(
      "the discriminator ends in 2 x 2 x 1 at discriminator.0 (convolution), and must end in one logit, 1 x 1 x 1, "
        + "for pictures of 4 x 4 x 3"
    ) { try small(discriminator: [convolution(3, 1, .explicit(0))]).validate() }
    expectError(
      "the discriminator ends in discriminator.1 (sigmoid), but the losses take the raw logit: leave that layer out"
    ) { try small(discriminator: [convolution(4, 1, .explicit(0)), .sigmoid]).validate() }
    expectError("the generator has no layers, and needs at least one") { try small(generator: []).validate() }
  }

  @Test("A network that would not fit into any memory is an error, not a trap")
  func enormous() {
    let growing = Array(repeating: transposed(64, 64, .same, out: 1_048_576), count: 12)
    #expect(throws: ConfigurationError.self) { try small(generator: growing).validate() }
  }
}
