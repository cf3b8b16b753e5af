import Checkpoints
import Configuration
import Foundation
import Testing

/// `export`, and the inputs and pictures that `generate` writes and takes, with the built program.
@Suite("Exports", .serialized) struct ExportRunTests {
  private let program: Program

  init() throws {
    program = try Program()
    let result = try program(
      "train", "--preset", "cdcgan64", "--size", "16", "--width", "4", "--batch-size", "8", "--sample-every",
      "0", "--steps", "1", "--out", "run")
    try #require(result.code == 0, "\(result.errors)")
  }

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  @Test("A run becomes files for ONNX and PyTorch") func formats() throws {
    let onnx = try program("export", "run", "--format", "onnx", "--out", "out/both")
    #expect(onnx.code == 0 && onnx.output.isEmpty, "\(onnx.errors)")
    #expect(onnx.sentences.count == 2 && onnx.sentences[0].hasPrefix("wrote out/both/generator.onnx, "))
    let torch = try program("export", "run/checkpoints", "--format", "pytorch", "--out", "out/both", "--json")
    #expect(torch.code == 0 && torch.errors.isEmpty, "\(torch.errors)")
    let json = try ConfigurationFile.value(of: torch.output)
    #expect(json["format"] == .string("pytorch") && json["average"] == .bool(false))
    for file in ["generator.onnx", "discriminator.onnx", "model.safetensors", "networks.py"] {
      #expect(FileManager.default.fileExists(atPath: path("out/both/\(file)")))
    }
    // What was exported can be read back.
    let made = try program(
      "generate", "--checkpoint", "out/both/model.safetensors", "--architecture", "run/options.json",
      "--count",
      "1", "--out", "one.png")
    #expect(made.code == 0, "\(made.errors)")
    for (words, code, sentence) in [
      (["run", "--format", "keras", "--out", "x"], 64 as Int32, "error: The value 'keras' is invalid"),
      (
        ["run", "--format", "onnx", "--out", "run"], 1,
        "error: --out run holds other files ("
      ),
      (["none", "--format", "onnx", "--out", "x"], 1, "error: export: there is nothing at none"),
      (
        ["out/both/model.safetensors", "--format", "onnx", "--out", "x"], 64,
        "error: out/both/model.safetensors is not within a run's folder, so its networks are not known: give --preset (and --width, --size as they were), or --architecture FILE"
      ),
      (
        ["run/checkpoints/step-00000001/optimizer.safetensors", "--format", "onnx", "--out", "x"], 1,
        "error: run/checkpoints/step-00000001/optimizer.safetensors is of another architecture"
      ),
    ] {
      let result = try program.typed(["export"] + words)
      #expect(result.code == code && result.sentences.first?.hasPrefix(sentence) == true, "\(result)")
      #expect(!FileManager.default.fileExists(atPath: path("x")))
    }
    #expect(
      try program("export", "--help").output.contains("dcgan-dist export runs/0001-dcgan64 --format onnx"))
  }

  @Test("Inputs that generate wrote give the same pictures again") func latents() throws {
    let words = ["generate", "--checkpoint", "run", "--out"]
    #expect(
      try program.typed(
        words + ["a.png", "--seeds", "3,1,4", "--label", "hair=blonde", "--raw", "a.safetensors"]
      )
      .code == 0)
    let file = try SafetensorsReader(path: path("a.safetensors"))
    let labels = try file.tensor(named: "labels")
    #expect(labels.shape[0] == 3 && labels.shape.count == 2)
    let vectors = try labels.floats(shape: labels.shape)
    #expect(vectors.reduce(0, +) == 6 && Set(vectors) == [0, 1])
    #expect(try file.tensor(named: "z").shape == [3, 100, 1, 1])
    #expect(try file.tensor(named: "pictures").shape == [3, 3, 16, 16])
    #expect(!file.contains("codes"))
    let again = try program.typed(
      words + ["b.png", "--latents", "a.safetensors", "--raw", "b.safetensors"])
    #expect(again.code == 0, "\(again.errors)")
    for (first, second) in [("a.png", "b.png"), ("a.safetensors", "b.safetensors")] {
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: path(first)))
          == Data(contentsOf: URL(fileURLWithPath: path(second))))
    }
    #expect(try program.typed(words + ["some", "--latents", "a.safetensors", "--separate"]).code == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: path("some")).sorted()
        == ["picture-00000000.png", "picture-00000001.png", "picture-00000002.png"])
  }

  @Test("Inputs that do not fit are a sentence") func wrongLatents() throws {
    func write(_ name: String, _ shapes: [String: [Int]], value: Float = 0) throws {
      let entries = shapes.map { entry in
        TensorEntry(name: entry.key, type: .float32, shape: entry.value) {
          $0.bindMemory(to: Float.self).update(repeating: value)
        }
      }
      try Safetensors.write(entries, to: path(name))
    }
    try write("none", ["x": [1]])
    try write("short", ["z": [2, 99], "labels": [2, 16]])
    try write("bare", ["z": [2, 100]])
    try write("wild", ["z": [2, 100]], value: .infinity)
    for (words, code, sentence) in [
      (["none"], 1 as Int32, "none holds no tensor z; it should hold z [N, Z, 1, 1], as --raw writes it"),
      (["short"], 1, "z of short has the shape [2, 99], and cdcgan64 takes [2, 100, 1, 1]"),
      (["bare"], 1, "bare holds no labels, which cdcgan64 takes: [2, "),
      (["wild"], 1, "z of wild holds a number that is not finite"),
    ] {
      let result = try program.typed(["generate", "--checkpoint", "run", "--latents"] + words)
      #expect(
        result.code == code && result.sentences.first?.hasPrefix("error: --latents: \(sentence)") == true,
        "\(result)")
    }
    let both = try program("generate", "--checkpoint", "run", "--latents", "bare", "--count", "2")
    #expect(
      both.code == 64
        && both.sentences == [
          "error: --latents and --count were both given, and each says which pictures: leave one out"
        ])
  }
}
