import Checkpoints
import Foundation
import Models
import Networks
import Recipes
import TestNetworks
import TestSupport
import Testing

/// Weights of other tools' files: their names, their shapes, and what does not fit.
@Suite struct ImportTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func rig(
    _ architecture: Architecture = SmallPairs.everything, seed: UInt64, steps: Int = 0, average: Double = 0
  ) throws -> StepRig {
    let rig = try StepRig(
      architecture, Recipe(generatorAverage: average), batch: 6, slices: 2, seed: seed)
    for step in 0..<steps { try rig.run(step: step) }
    return rig
  }

  /// Writes the weights of trained networks with other names; those that get none are left out.
  private func write(
    _ name: String, _ rig: StepRig, more: [String: [Int]] = [:], value: Float = 0,
    as rename: (String) -> String?
  ) throws -> String {
    let own = scratch.file("own")
    try Safetensors.write(ModelFile.modelEntries(rig.adversaries.networks), to: own)
    let file = try SafetensorsReader(path: own)
    let entries = try file.tensors.compactMap { tensor -> TensorEntry? in
      guard let name = rename(tensor.name) else { return nil }
      let stored = try file.tensor(named: tensor.name)
      return TensorEntry(name: name, type: tensor.type, shape: tensor.shape) { try stored.copy(into: $0) }
    }
    let others = more.map { name, shape in
      TensorEntry(name: name, type: .float32, shape: shape) {
        $0.bindMemory(to: Float.self).update(repeating: value)
      }
    }
    try Safetensors.write(entries + others, to: scratch.file(name))
    return scratch.file(name)
  }

  private func bits(_ rig: StepRig) -> [[Float]] { rig.adversaries.networks.map(state) }

  private func state(_ network: Network) -> [Float] {
    (network.parameterState + network.bufferState).flatMap {
      Array(UnsafeBufferPointer(start: $0.data, count: $0.count))
    }
  }

  private func sentence(
    _ files: ImportFile..., map: String? = nil, into architecture: Architecture = SmallPairs.everything
  ) throws -> String {
    let target = try rig(architecture, seed: 2)
    do {
      _ = try ImportedWeights.load(files, map: map, into: target.adversaries)
      return "it was read"
    } catch { return "\(error)" }
  }

  @Test(
    "Names of one file say which network they are of",
    arguments: [
      ("generator.", "discriminator."), ("netG.", "netD."), ("G.module.", "D.module."),
      ("module.netG.", "module.netD."), ("generator_state_dict.", "discriminator_state_dict."),
    ])
  func prefixes(_ g: String, _ d: String) throws {
    let trained = try rig(seed: 1, steps: 2)
    let path = try write("both", trained) {
      $0.replacing("generator.", with: g, maxReplacements: 1).replacing(
        "discriminator.", with: d, maxReplacements: 1)
    }
    let target = try rig(seed: 2)
    #expect(try ImportedWeights.load([ImportFile(path)], map: nil, into: target.adversaries).isEmpty)
    #expect(bits(target) == bits(trained))
    #expect(target.adversaries.discriminator.network.batchCounters.map(\.layer.batchesTracked) == [6])
    #expect(target.adversaries.generator.optimizer.updates == 0)
  }

  @Test(
    "Two files, of whatever container, without counts of batches",
    arguments: ["main.", "module.main.", "", "net."])
  func twoFiles(_ container: String) throws {
    let trained = try rig(seed: 1, steps: 2)
    func part(_ role: String) throws -> String {
      try write(role, trained) { name in
        guard name.hasPrefix(role), !name.hasSuffix("num_batches_tracked") else { return nil }
        return container + name.dropFirst("\(role).main.".count)
      }
    }
    let files = [
      ImportFile(try part("generator"), of: .generator),
      ImportFile(try part("discriminator"), of: .discriminator),
    ]
    let target = try rig(seed: 2)
    #expect(try ImportedWeights.load(files, map: nil, into: target.adversaries).isEmpty)
    #expect(bits(target) == bits(trained))
    #expect(target.adversaries.generator.network.batchCounters.allSatisfy { $0.layer.batchesTracked == 0 })
    let alone = try sentence(ImportFile(files[0].path))
    #expect(alone.contains("does not say which network its tensors are of"))
  }

  @Test("Modules with other names are told apart by their order, or by a map") func otherNames() throws {
    let trained = try rig(seed: 1, steps: 2)
    func renamed(_ file: String, _ words: [String]) throws -> String {
      try write(file, trained) { name in
        var parts = name.split(separator: ".").map(String.init)
        guard parts[0] == "generator", let place = [0, 1, 4, 5, 8, 12].firstIndex(of: Int(parts[2]) ?? -1)
        else {
          return name
        }
        parts[1...2] = [words[place]]
        return parts.joined(separator: ".")
      }
    }
    let ordered = try renamed("ordered", ["layer1", "layer2", "layer3", "layer9", "layer10", "out"])
    let target = try rig(seed: 2)
    let notes = try ImportedWeights.load([ImportFile(ordered)], map: nil, into: target.adversaries)
    #expect(bits(target) == bits(trained))
    #expect(notes.count == 1 && notes[0].contains("generator.main.8 from layer10"), "\(notes)")

    let words = ["dense", "norm", "conv", "bn", "last", "colours"]
    let mixed = try renamed("mixed", words)
    let wrong = try sentence(ImportFile(mixed))
    #expect(
      wrong.contains("there is no generator.main.0.weight, of shape [20, 6]") && wrong.contains("--map"))
    func map(_ pairs: [String: String]) throws -> String {
      try scratch.file("map.json", Array(JSONEncoder().encode(pairs)))
    }
    var pairs = Dictionary(
      uniqueKeysWithValues: zip([0, 1, 4, 5, 8], words).map { ("generator.main.\($0)", "generator.\($1)") })
    pairs["generator.main.12.weight"] = "generator.colours.weight"
    pairs["generator.main.12.bias"] = "generator.colours.bias"
    let again = try rig(seed: 3)
    #expect(try ImportedWeights.load([ImportFile(mixed)], map: map(pairs), into: again.adversaries).isEmpty)
    #expect(bits(again) == bits(trained))
    #expect(
      try sentence(ImportFile(mixed), map: map(["generator.main.7": "generator.dense"]))
        .contains("names generator.main.7, which is no tensor or layer of these networks; did you mean"))
    #expect(
      try sentence(ImportFile(mixed), map: map(["generator.main.0": "generator.none"]))
        .contains("gives generator.main.0 the name generator.none, of which there is no tensor"))
    #expect(
      try sentence(ImportFile(mixed), map: scratch.file("list.json", "[1]")).contains(
        "is not a JSON object of names"))
  }

  @Test("Spectral norms of both forms of PyTorch are read") func spectralNorms() throws {
    let trained = try rig(SmallPairs.normalized, seed: 1, steps: 1)
    let path = try write("parametrized", trained) {
      $0.replacing("weight_orig", with: "parametrizations.weight.original")
        .replacing("weight_u", with: "parametrizations.weight.0._u")
        .replacing("weight_v", with: "parametrizations.weight.0._v")
    }
    let target = try rig(SmallPairs.normalized, seed: 2)
    #expect(try ImportedWeights.load([ImportFile(path)], map: nil, into: target.adversaries).isEmpty)
    #expect(bits(target) == bits(trained))
  }

  @Test("The average of G is the file's, or begins as G") func average() throws {
    let trained = try rig(seed: 1, steps: 2, average: 0.9)
    let target = try rig(seed: 2, average: 0.9)
    let whole = try write("whole", trained) { $0 }
    #expect(try ImportedWeights.load([ImportFile(whole)], map: nil, into: target.adversaries).isEmpty)
    #expect(bits(target) == bits(trained) && bits(target)[2] != bits(target)[0])
    let bare = try write("bare", trained) { $0.hasPrefix("generator_average.") ? nil : $0 }
    let other = try rig(seed: 3, average: 0.9)
    #expect(try ImportedWeights.load([ImportFile(bare)], map: nil, into: other.adversaries).isEmpty)
    #expect(bits(other)[2] == bits(trained)[0] && bits(other)[0] == bits(trained)[0])
    // Networks without one leave it out.
    let plain = try ImportedWeights.load([ImportFile(whole)], map: nil, into: rig(seed: 4).adversaries)
    #expect(plain.count == 1 && plain[0].contains("left out: generator_average.main."), "\(plain)")
  }

  @Test("All that does not fit is named, with both shapes") func differences() throws {
    let trained = try rig(seed: 1)
    let path = try write("both", trained, more: ["other.weight": [2]]) {
      $0.replacing("generator.", with: "netG.")
    }
    let target = try rig(seed: 2)
    let notes = try ImportedWeights.load([ImportFile(path)], map: nil, into: target.adversaries)
    #expect(notes == ["warning: tensors that these networks have not are left out: other.weight"])

    var wider = SmallPairs.everything
    wider.generator[0] = .dense(.init(outFeatures: 20, bias: true))
    wider.discriminator[0] = .convolution(
      .init(outChannels: 7, kernel: 4, stride: 2, padding: .explicit(1), bias: false))
    let said = try sentence(ImportFile(path), into: wider)
    for part in [
      "\(path) does not fit the networks of everything: ", "there is no generator.main.0.bias, of shape [20]",
      "discriminator.main.0.weight has the shape [6, 3, 4, 4] there and [7, 3, 4, 4] here",
      "discriminator.main.3.weight has the shape [16, 6, 3, 3] there and [16, 7, 3, 3] here",
      "discriminator.main.0 has no bias here, and discriminator.main.0.bias of shape [6] is there",
    ] {
      #expect(said.contains(part), "\(said)")
    }
    #expect(try sentence(ImportFile(path), into: SmallPairs.coded).contains("there is no tensor of q"))
  }

  @Test("A file that cannot be imported is a sentence") func wrongFiles() throws {
    let trained = try rig(seed: 1)
    let path = try write("wild", trained, more: ["generator.main.12.bias": [3]], value: .nan) {
      $0 == "generator.main.12.bias" ? nil : $0
    }
    #expect(
      try sentence(ImportFile(path))
        .contains("wild: the tensor generator.main.12.bias holds a value that is not a number"))
    for (bytes, said) in [
      ([], " is empty"), ([1, 2, 3], "too few for a safetensors file"),
      (Array("PK\u{3}\u{4}".utf8) + .init(repeating: 9, count: 40), "scripts/pth-to-safetensors"),
      ([0x80, 2, 0x8A, 10] + .init(repeating: 9, count: 40), "scripts/pth-to-safetensors"),
      ([0x89] + Array("HDF".utf8) + .init(repeating: 9, count: 40), "scripts/keras-to-safetensors"),
      ([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8), "holds no tensors"),
      (Array("plain text, no tensors".utf8), "so it is no safetensors file"),
    ] as [([UInt8], String)] {
      let path = try scratch.file("other", bytes)
      let found = try sentence(ImportFile(path))
      #expect(found.contains(said) && found.contains(path), "\(found)")
    }
    #expect(try sentence(ImportFile(scratch.file("gone"))).contains("gone"))
  }
}
