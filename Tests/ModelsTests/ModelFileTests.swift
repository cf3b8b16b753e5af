import Checkpoints
import Foundation
import Models
import Networks
import Recipes
import TestNetworks
import TestSupport
import Testing
import Training

/// Networks and optimizers as files, and files of other networks.
@Suite struct ModelFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func trained(_ architecture: Architecture = SmallPairs.everything, seed: UInt64 = 1, steps: Int = 2)
    throws -> StepRig
  {
    let rig = try StepRig(architecture, Recipe(), batch: 6, slices: 2, seed: seed)
    for step in 0..<steps { try rig.run(step: step) }
    return rig
  }

  private func networks(_ rig: StepRig) -> [Network] {
    [rig.adversaries.generator.network, rig.adversaries.discriminator.network]
  }

  private func trainees(_ rig: StepRig) -> [Trainee] {
    [rig.adversaries.generator, rig.adversaries.discriminator]
  }

  @discardableResult
  private func write(_ rig: StepRig, _ name: String) throws -> SafetensorsReader {
    try Safetensors.write(ModelFile.modelEntries(networks(rig)), to: scratch.file(name))
    return try SafetensorsReader(path: scratch.file(name))
  }

  /// What torch.nn.utils.spectral_norm calls them, each of the length that it has there.
  @Test func spectralNormsAreNamedAsInPyTorch() throws {
    let file = try write(try trained(SmallPairs.normalized, steps: 1), "model.safetensors")
    for (layer, weight, u, v) in [
      ("generator.main.0", [20, 6], 20, 6), ("generator.main.4", [5, 17, 5, 5], 17, 125),
      ("discriminator.main.0", [6, 3, 4, 4], 6, 48), ("discriminator.main.8", [1, 64], 1, 64),
    ] {
      #expect(try file.tensor(named: "\(layer).weight_orig").shape == weight)
      #expect(try file.tensor(named: "\(layer).weight_u").shape == [u])
      #expect(try file.tensor(named: "\(layer).weight_v").shape == [v])
      #expect(!file.contains("\(layer).weight"))
    }
  }

  @Test(arguments: [SmallPairs.everything, SmallPairs.normalized])
  func roundTripIsExact(_ architecture: Architecture) throws {
    let rig = try trained(architecture)
    let model = try write(rig, "model.safetensors")
    try Safetensors.write(
      ModelFile.optimizerEntries(trainees(rig)), to: scratch.file("optimizer.safetensors"))
    let other = try trained(architecture, seed: 2, steps: 1)
    #expect(other.bits != rig.bits)
    try ModelFile.read(model, into: networks(other))
    try ModelFile.readOptimizers(
      SafetensorsReader(path: scratch.file("optimizer.safetensors")), into: trainees(other))
    #expect(other.bits == rig.bits)
    for (a, b) in zip(trainees(rig), trainees(other)) {
      #expect(a.optimizer.updates == b.optimizer.updates)
      #expect(
        a.network.batchCounters.map(\.layer.batchesTracked)
          == b.network.batchCounters.map(\.layer.batchesTracked))
    }
    // Both go on to the same bits.
    try rig.run(step: 2)
    let resumed = try StepRig(architecture, Recipe(), batch: 6, slices: 2, seed: 1)
    try ModelFile.read(model, into: networks(resumed))
    try ModelFile.readOptimizers(
      SafetensorsReader(path: scratch.file("optimizer.safetensors")), into: trainees(resumed))
    try resumed.run(step: 2)
    #expect(resumed.bits == rig.bits)
  }

  /// Equal weights are equal files.
  @Test func equalStatesAreEqualFiles() throws {
    try write(trained(), "a")
    try write(trained(), "b")
    try write(trained(seed: 3), "c")
    let files = ["a", "b", "c"].map { FileManager.default.contents(atPath: scratch.file($0)) }
    #expect(files[0] != nil && files[0] == files[1] && files[0] != files[2])
  }

  /// Names and shapes are those of an `nn.Sequential` of the same modules, of which every one counts.
  @Test func namesAndShapesArePyTorchs() throws {
    let file = try write(trained(steps: 0), "model.safetensors")
    let shapes = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) })
    #expect(shapes["generator.main.0.weight"] == [20, 6])
    #expect(shapes["generator.main.1.bias"] == [20] && shapes["generator.main.1.weight"] == nil)
    #expect(shapes["generator.main.4.weight"] == [5, 17, 5, 5] && shapes["generator.main.4.bias"] == [17])
    #expect(
      shapes["generator.main.5.running_var"] == [17] && shapes["generator.main.5.num_batches_tracked"] == [])
    #expect(shapes["generator.main.8.weight"] == [17, 4, 4, 4])
    #expect(shapes["generator.main.12.weight"] == [3, 4, 3, 3])
    #expect(shapes["discriminator.main.0.weight"] == [6, 3, 4, 4])
    #expect(shapes["discriminator.main.8.weight"] == [1, 64])
    #expect(shapes.count == 1 + 4 + 2 + 5 + 1 + 2 + 2 + 1 + 5 + 2)
  }

  private func sentence(_ file: SafetensorsReader, into architecture: Architecture) throws -> String {
    let rig = try StepRig(architecture, Recipe(), batch: 6, seed: 2)
    let before = rig.bits
    do {
      try ModelFile.read(file, into: networks(rig))
    } catch let error as ModelFileError {
      #expect(rig.bits == before, "a file that does not fit changes nothing")
      return error.description
    }
    return "it was read"
  }

  @Test func anotherArchitectureIsNamed() throws {
    let file = try write(trained(steps: 0), "model.safetensors")
    var wider = SmallPairs.everything
    wider.discriminator[0] = .convolution(
      .init(outChannels: 7, kernel: 4, stride: 2, padding: .explicit(1), bias: true))
    #expect(
      try sentence(file, into: wider)
        == "\(file.path) is of another architecture: its discriminator.main.0.weight has the shape [6, 3, 4, 4], and this "
        + "network's has [7, 3, 4, 4]")

    var withBias = SmallPairs.everything
    withBias.generator[0] = .dense(.init(outFeatures: 20, bias: true))
    #expect(
      try sentence(file, into: withBias)
        == "\(file.path) is of another architecture: it has no generator.main.0.bias, which this network has")

    var withoutBias = SmallPairs.everything
    withoutBias.discriminator[8] = .dense(.init(outFeatures: 1, bias: false))
    #expect(
      try sentence(file, into: withoutBias)
        == "\(file.path) is of another architecture: it has discriminator.main.8.bias, which this network has not"
    )
  }

  /// The generator alone can be read from a file that holds both.
  @Test func oneNetworkOfTwo() throws {
    let rig = try trained()
    let file = try write(rig, "model.safetensors")
    let other = try trained(seed: 2, steps: 0)
    try ModelFile.read(file, into: [other.adversaries.generator.network])
    #expect(values(other.adversaries.generator.network) == values(rig.adversaries.generator.network))
    #expect(values(other.adversaries.discriminator.network) != values(rig.adversaries.discriminator.network))
  }

  @Test func optimizersOfAnotherArchitectureAreNamed() throws {
    let rig = try trained()
    let path = scratch.file("optimizer.safetensors")
    try Safetensors.write(ModelFile.optimizerEntries(trainees(rig)), to: path)
    let other = try StepRig(SmallPairs.dcgan16(), Recipe(), batch: 6)
    do {
      try ModelFile.readOptimizers(SafetensorsReader(path: path), into: trainees(other))
      Issue.record("moments of another architecture were read")
    } catch { #expect("\(error)".contains("generator.main.0.weight.m")) }
  }
}
