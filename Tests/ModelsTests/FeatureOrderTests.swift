import Checkpoints
import Models
import Networks
import Tensors
import TestSupport
import Testing

/// Features that become a picture, or were one, leave in PyTorch's order C, H, W and come back in ours.
@Suite struct FeatureOrderTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// 2 -> 12 features, batch norm over them, 2 x 2 x 3, back to 12 features, 1.
  private func network() throws -> Network {
    Network(
      try NetworkSummary(
        role: .generator, input: .vector(2),
        layers: [
          .dense(.init(outFeatures: 12)), .batchNorm(.init()), .relu,
          .reshape(height: 2, width: 2, channels: 3),
          .batchNorm(.init()), .reshape(height: 1, width: 1, channels: 12), .dense(.init(outFeatures: 1)),
        ]), pool: ThreadPool(threads: 1))
  }

  @Test func features() throws {
    let network = try network()
    for state in network.parameterState + network.bufferState {
      for i in 0..<state.count { state.data[i] = Float(i) }
    }
    let path = scratch.file("model.safetensors")
    try Safetensors.write(ModelFile.modelEntries([network]), to: path)
    let file = try SafetensorsReader(path: path)
    func floats(_ name: String) throws -> [Float] {
      let tensor = try file.tensor(named: "generator.main.\(name)")
      return try tensor.floats(shape: tensor.shape)
    }
    // Ours is pixel * 3 + channel; PyTorch's channel * 4 + pixel.
    let turned: [Float] = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]
    #expect(try floats("0.bias") == turned)
    #expect(try floats("1.weight") == turned)
    #expect(try floats("1.running_var") == turned)
    // [2, 12] here, [12, 2] there.
    #expect(try floats("0.weight") == turned.flatMap { [$0, $0 + 12] })
    // Over channels of a picture nothing turns.
    #expect(try floats("4.bias") == [0, 1, 2])
    #expect(try floats("6.weight") == turned)

    let other = try self.network()
    try ModelFile.read(file, into: [other])
    for (mine, theirs) in zip(
      network.parameterState + network.bufferState, other.parameterState + other.bufferState)
    {
      #expect((0..<mine.count).allSatisfy { mine.data[$0] == theirs.data[$0] }, "\(mine.name)")
    }
  }

  @Test func vectorsThatAreNoPictureStay() throws {
    let network = Network(
      try NetworkSummary(
        role: .generator, input: .vector(2),
        layers: [.dense(.init(outFeatures: 4)), .relu, .dense(.init(outFeatures: 3)), .batchNorm(.init())]),
      pool: ThreadPool(threads: 1))
    for state in network.parameterState + network.bufferState {
      #expect(state.inputPicture == nil && state.outputPicture == nil, "\(state.name)")
    }
  }
}
