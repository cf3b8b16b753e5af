import Networks
import Recipes
import Tensors
import Testing

@Suite("Networks without batch norm") struct BatchNormOptionTests {
  private func hasBatchNorm(_ layers: [LayerSpecification]) -> Bool {
    layers.contains { if case .batchNorm = $0 { true } else { false } }
  }

  @Test("Layers that batch norm followed get a bias, others stay as they are")
  func biases() throws {
    let whole = try ArchitecturePreset.dcgan64.architecture()
    let bare = whole.withoutBatchNorm()
    try bare.validate()
    #expect(!hasBatchNorm(bare.generator) && !hasBatchNorm(bare.discriminator))
    let biases = bare.generator.map { layer -> Bool? in
      if case .transposedConvolution(let c) = layer { c.bias } else { nil }
    }
    #expect(biases.compactMap { $0 } == [true, true, true, true, false])
    // A shift and a scale a channel less, a bias more.
    let channels = 512 + 256 + 128 + 64
    #expect(
      try bare.summary(of: .generator).trainedParameters
        == whole.summary(of: .generator).trainedParameters - channels)
    #expect(try bare.summary(of: .generator).parametersWithRunningAverages == 3_576_704 - channels)
    #expect(bare.withoutBatchNorm() == bare)
  }

  @Test("Batch norm after a reshape gives its bias to the dense layer before it")
  func reshaped() throws {
    let bare = try ArchitecturePreset.keras64.architecture().withoutBatchNorm()
    try bare.validate()
    guard case .dense(let dense) = bare.generator[0] else {
      Issue.record("keras64 begins with a dense layer")
      return
    }
    #expect(dense.bias)
  }

  @Test("A head begins after the same layers as before")
  func heads() throws {
    let whole = try ArchitecturePreset.infogan28.architecture()
    let bare = whole.withoutBatchNorm()
    try bare.validate()
    #expect(try bare.input(of: .q) == whole.input(of: .q))
    #expect(bare.q?.after == (whole.q?.after ?? 0) - 3)
    let classes = [LabelGroup(name: "hair", classes: ["black", "blonde"])]
    let told = try ArchitecturePreset.torch96.architecture().classifying(classes)
    #expect(try told.withoutBatchNorm().input(of: .classifier) == told.input(of: .classifier))
  }
}
