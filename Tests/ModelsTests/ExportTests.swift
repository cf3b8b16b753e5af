import Checkpoints
import Configuration
import Foundation
import Models
import Networks
import Recipes
import TestNetworks
import TestSupport
import Testing
import Training

/// Files for PyTorch and ONNX. `scripts/check-export` compares what they compute with what this program computes.
@Suite struct ExportTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A file of a pair that has trained a step.
  private func trained(_ architecture: Architecture, change: (StepRig) -> Void = { _ in }) throws -> String {
    let rig = try StepRig(architecture, Recipe(), batch: 6, slices: 2)
    try rig.run(step: 0)
    change(rig)
    try Safetensors.write(
      ModelFile.modelEntries(rig.adversaries.all.map(\.network)), to: scratch.file("model.safetensors"))
    return scratch.file("model.safetensors")
  }

  @discardableResult
  private func export(
    _ architecture: Architecture, _ format: ExportFormat, model: String? = nil, out: String = "out",
    opset: Int? = nil
  ) throws -> ExportSummary {
    try Export.run(
      ExportRequest(
        model: model ?? trained(architecture), format: format, out: scratch.file(out), opset: opset,
        architecture: architecture))
  }

  private func onnx(_ architecture: Architecture, opset: Int? = nil) throws -> (g: ONNXReader, d: ONNXReader)
  {
    try export(architecture, .onnx, opset: opset)
    return (
      try ONNXReader(scratch.file("out/generator.onnx")),
      try ONNXReader(scratch.file("out/discriminator.onnx"))
    )
  }

  private func sentence(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "it was exported"
    } catch { return "\(error)" }
  }

  @Test("Every kind of layer becomes a node at its place") func everyKind() throws {
    let (g, d) = try onnx(SmallPairs.everything)
    #expect(g.formatVersion == 8 && g.opset == 17 && d.opset == 17)
    #expect(g.dangling.isEmpty && d.dangling.isEmpty)
    let kinds: [(ONNXReader, String, [String])] = [
      (
        g, "generator",
        [
          "Reshape", "BatchNormalization", "LeakyRelu", "Reshape", "ConvTranspose", "BatchNormalization",
          "Relu",
          "Identity", "ConvTranspose", "Relu", "Resize", "AveragePool", "Conv", "Tanh",
        ]
      ),
      (
        d, "discriminator",
        [
          "Conv", "LeakyRelu", "Identity", "Conv", "BatchNormalization", "LeakyRelu", "Sigmoid",
          "DepthToSpace",
          "Reshape",
        ]
      ),
    ]
    for (file, role, operations) in kinds {
      for (index, operation) in operations.enumerated() {
        #expect(file.node("\(role).main.\(index)")?.operation == operation)
      }
    }
    #expect(g.node("generator.main.0.product")?.integers["transB"] == [1])
    // SAME of k5 s2: one pixel is cut before and two after.
    #expect(g.node("generator.main.4")?.integers["pads"] == [1, 1, 2, 2])
    #expect(g.node("generator.main.8")?.integers["pads"] == [1, 1, 1, 1])
    #expect(d.node("discriminator.main.3")?.integers["pads"] == [0, 0, 1, 1])
    #expect(d.node("discriminator.main.7")?.texts["mode"] == "CRD")
    #expect(g.inputs == ["z": ["batch", "6", "1", "1"]])
    #expect(g.outputs == ["pictures": ["batch", "3", "8", "8"]])
    #expect(d.inputs == ["pictures": ["batch", "3", "8", "8"]])
    #expect(d.outputs == ["logits": ["batch", "1"]])
    #expect(g.metadata["networks"] == "everything" && g.metadata["latent"] == "normal")
    #expect(g.metadata["pixel_range"] == "[-1, 1]")
  }

  @Test("Constants are the checkpoint's tensors, and batch norm without a scale has ones") func constants()
    throws
  {
    let model = try trained(SmallPairs.everything)
    try export(SmallPairs.everything, .onnx, model: model)
    let file = try SafetensorsReader(path: model)
    let g = try ONNXReader(scratch.file("out/generator.onnx"))
    for name in ["0.weight", "1.running_mean", "4.weight", "4.bias", "5.weight", "12.weight"] {
      let tensor = try file.tensor(named: "generator.main.\(name)")
      let constant = try #require(g.constants["generator.main.\(name)"])
      #expect(constant.shape == tensor.shape)
      #expect(constant.values == (try tensor.floats(shape: tensor.shape)))
    }
    #expect(g.constants["generator.main.1.weight"]?.values == [Float](repeating: 1, count: 20))
  }

  @Test("Labels, codes and heads are inputs and outputs") func conditions() throws {
    let conditional = try onnx(SmallPairs.conditional)
    #expect(conditional.g.inputs == ["z": ["batch", "6", "1", "1"], "labels": ["batch", "5"]])
    #expect(conditional.d.inputs == ["pictures": ["batch", "3", "8", "8"], "labels": ["batch", "5"]])
    #expect(
      conditional.g.metadata["labels"]
        == "{\"hair\": [\"black\", \"blonde\", \"red\"], \"eyes\": [\"blue\", \"brown\"]}")
    let both = try onnx(SmallPairs.classifying)
    #expect(
      both.g.inputs == ["z": ["batch", "6", "1", "1"], "codes": ["batch", "7"], "labels": ["batch", "5"]])
    // As G takes them.
    #expect(both.g.node("input")?.inputs == ["z", "codes.column", "labels.column"])
    #expect(both.d.inputs == ["pictures": ["batch", "3", "8", "8"]])
    #expect(
      both.d.outputs == ["logits": ["batch", "1"], "codes": ["batch", "7"], "classes": ["batch", "5"]])
    #expect(both.d.node("classifier.main.0")?.inputs.first == "discriminator.main.1")
    #expect(both.d.node("q.main.0.flat")?.inputs == ["discriminator.main.4"])
    for file in [conditional.g, conditional.d, both.g, both.d] { #expect(file.dangling.isEmpty) }
  }

  @Test("A weight with a spectral norm is divided by it") func spectralNorm() throws {
    let model = try trained(SmallPairs.normalized)
    try export(SmallPairs.normalized, .onnx, model: model)
    let file = try SafetensorsReader(path: model)
    for (name, layer) in [("generator", "0"), ("generator", "4"), ("discriminator", "3")] {
      let onnx = try ONNXReader(scratch.file("out/\(name).onnx"))
      let used = try #require(onnx.constants["\(name).main.\(layer).weight"])
      let tensor = try file.tensor(named: "\(name).main.\(layer).weight_orig")
      #expect(used.shape == tensor.shape)
      let trained = try tensor.floats(shape: tensor.shape)
      let sigmas = zip(trained, used.values).filter { abs($0.0) > 1e-4 }.map { $0.0 / $0.1 }
      let (least, most) = (sigmas.min() ?? 0, sigmas.max() ?? 0)
      #expect(least > 0 && most - least < 1e-4 * most)
    }
  }

  /// Where weights expect a vector in another order than it has, the order changes between the layers.
  @Test func ordersOfFeatures() throws {
    var pair = SmallPairs.everything
    // A convolution's features keep our order, and batch norm's before a picture have PyTorch's.
    pair.generator.replaceSubrange(
      0...0, with: [.convolution(.init(outChannels: 20, kernel: 1, stride: 1, padding: .explicit(0)))])
    let g = try onnx(pair).g
    #expect(g.node("generator.main.order1")?.operation == "Reshape")
    #expect(g.node("generator.main.1")?.inputs.first == "generator.main.order1")
    #expect(g.node("generator.main.3.rows") == nil)
    try export(pair, .pytorch, out: "torch")
    let module = try scratch.text("torch/networks.py")
    #expect(module.contains("(\"order1\", Reshape((20, 1, 1), order=((20, 1, 1), (5, 2, 2)))),"))
    #expect(module.contains("(\"3\", Reshape((5, 2, 2))),"))

    pair = SmallPairs.everything
    // From picture to picture.
    pair.discriminator.insert(.reshape(height: 4, width: 1, channels: 16), at: 8)
    let d = try onnx(pair).d
    #expect(d.node("discriminator.main.8.rows")?.integers["perm"] == [0, 2, 3, 1])
    #expect(d.constants["discriminator.main.8.out.shape"]?.integers == [-1, 4, 1, 16])
  }

  @Test("The module for PyTorch has the names of the file beside it") func pytorch() throws {
    let summary = try export(SmallPairs.classifying, .pytorch)
    let module = try scratch.text("out/networks.py")
    for line in [
      "class Generator(nn.Module):", "    def forward(self, z, codes, labels):",
      "            Dense(18, 20, bias=False),  # 0", "            ShiftNorm2d(20, eps=0.001),  # 1",
      "            CroppedConvTranspose2d(5, 17, 5, 2, padding=1),  # 4",
      "            nn.ConvTranspose2d(17, 4, 4, 2, padding=1, bias=False),  # 8",
      "            PaddedConv2d(6, 16, 3, 2, edges=(0, 1, 0, 1), bias=False),  # 3",
      "            nn.Dropout(0.3),  # 2", "            nn.PixelShuffle(2),  # 7",
      "        self.q = Q()", "        self.classifier = Classifier()", "    def codes(self, pictures):",
      "        return self.classifier(self.discriminator.features(pictures, steps=2))",
      "LABELS = {\"hair\": [\"black\", \"blonde\", \"red\"], \"eyes\": [\"blue\", \"brown\"]}",
      "CATEGORICAL, UNIFORM = [3, 2], 2", "def load(folder=Path(__file__).parent):",
    ] {
      #expect(module.contains("\n\(line)\n"), "\(line) is not in:\n\(module)")
    }
    // The same tensors, to the byte.
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: scratch.file("model.safetensors")))
        == Data(contentsOf: URL(fileURLWithPath: scratch.file("out/model.safetensors"))))
    let json = try ConfigurationFile.value(of: summary.json)
    #expect(json["format"] == .string("pytorch") && json["opset"] == .null)
    #expect(json["inputs"]?["codes"] == .integer(7) && json["inputs"]?["labels"] == .integer(5))
    guard case .array(let files)? = json["files"] else {
      Issue.record("no files in \(summary.json)")
      return
    }
    #expect(files.count == 2)
  }

  @Test("Unless it is asked not to, G is its average") func average() throws {
    let rig = try StepRig(SmallPairs.everything, Recipe(), batch: 6)
    let networks = [rig.adversaries.generator, rig.adversaries.discriminator].map(\.network)
    let average = Network(networks[0].summary, pool: rig.pool, name: "generator_average")
    average.initialize(seed: 9)
    let model = scratch.file("model.safetensors")
    try Safetensors.write(ModelFile.modelEntries(networks + [average]), to: model)
    func weight(_ asked: Bool?) throws -> [Float] {
      let summary = try Export.run(
        ExportRequest(
          model: model, format: .pytorch, out: scratch.file("out"), average: asked,
          architecture: SmallPairs.everything))
      #expect(summary.isAverage == (asked ?? true))
      let file = try SafetensorsReader(path: scratch.file("out/model.safetensors"))
      #expect(!file.tensors.contains { $0.name.hasPrefix("generator_average") })
      return try file.tensor(named: "generator.main.12.bias").floats(shape: [3])
    }
    let file = try SafetensorsReader(path: model)
    #expect(
      try weight(nil) == file.tensor(named: "generator_average.main.12.bias").floats(shape: [3]))
    #expect(try weight(false) == file.tensor(named: "generator.main.12.bias").floats(shape: [3]))
  }

  @Test("What is not a number is named by its tensor") func notANumber() throws {
    let model = try trained(SmallPairs.everything) { rig in
      let network = rig.adversaries.discriminator.network
      network.parameterState[2].data[5] = .nan
    }
    #expect(
      sentence { try export(SmallPairs.everything, .onnx, model: model) }
        == "\(model): the tensor discriminator.main.3.weight holds a value that is not a number, so its networks compute "
        + "nothing of use; export an earlier checkpoint of the run")
    #expect(!FileManager.default.fileExists(atPath: scratch.file("out")))
  }

  @Test("What cannot be exported is a sentence, and nothing is written") func wrong() throws {
    let pair = SmallPairs.everything
    let model = try trained(pair)
    #expect(
      sentence { try export(pair, .pytorch, model: scratch.file("none")) }
        == "export: there is nothing at \(scratch.file("none"))")
    #expect(
      sentence { try export(pair, .onnx, model: model, opset: 12) }
        == "--opset must be a whole number from 13 to 21, and is 12")
    #expect(
      sentence { try export(pair, .pytorch, model: model, opset: 17) }
        == "--opset is the version of ONNX's operators, and --format is pytorch: leave it out")
    #expect(
      sentence { try export(try SmallPairs.dcgan16(), .onnx, model: model) }
        .contains("is of another architecture"))
    let file = try scratch.file("file", "text")
    #expect(
      sentence { try export(pair, .onnx, model: model, out: "file") }
        == "--out \(file) is a file, and an export is a folder: name another")
    #expect(sentence { try export(pair, .onnx, model: file) }.contains("safetensors file"))
    try scratch.file("busy/manifest.json", "{}")
    #expect(
      sentence { try export(pair, .pytorch, model: model, out: "busy") }
        == "--out \(scratch.file("busy")) holds other files (manifest.json): name a new folder, or one of an earlier export"
    )
    #expect(try Scratch.names(in: scratch.file("busy")) == ["manifest.json"])
    var large = pair
    large.generator[0] = .dense(.init(outFeatures: 100_000_000))
    large.generator.insert(.dense(.init(outFeatures: 20)), at: 1)
    let tooLarge = sentence { try export(large, .onnx, model: model) }
    #expect(tooLarge.hasPrefix("generator.onnx would hold 10,80"), "\(tooLarge)")
    #expect(
      tooLarge.hasSuffix(
        "bytes of weights, and a file of ONNX is shorter than 2 GiB: export these networks with --format pytorch"
      ))
    // An earlier export is replaced, and both formats may lie in one folder.
    try export(pair, .onnx, model: model)
    try export(pair, .pytorch, model: model)
    try export(pair, .onnx, model: model, opset: 13)
    #expect(try ONNXReader(scratch.file("out/generator.onnx")).opset == 13)
    #expect(
      try Scratch.names(in: scratch.file("out"))
        == ["discriminator.onnx", "generator.onnx", "model.safetensors", "networks.py"])
  }
}
