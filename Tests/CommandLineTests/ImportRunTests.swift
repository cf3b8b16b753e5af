import Checkpoints
import Configuration
import Foundation
import Testing

/// `import`, and what can be done with the run that it makes.
@Suite("Imports", .serialized) struct ImportRunTests {
  private let program: Program
  private static let networks = ["--preset", "dcgan64", "--size", "16", "--width", "4"]
  private static let small = ["--threads", "1", "--sample-every", "0"]

  init() throws {
    program = try Program()
    let result = try program.typed(
      ["train", "--batch-size", "8", "--steps", "1", "--out", "run"] + Self.networks + Self.small)
    try #require(result.code == 0, "\(result.errors)")
    try typed(
      ["import", "run/checkpoints/step-00000001/model.safetensors", "--out", "imported"] + Self.networks)
  }

  @discardableResult
  private func typed(_ words: [String], code: Int32 = 0) throws -> Program.Outcome {
    let result = try program.typed(words)
    #expect(result.code == code, "\(words): \(result.errors)")
    return result
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: program.folder.file(name)))
  }

  @Test("It makes the same pictures, and can be exported and begun from") func use() throws {
    for run in ["run", "imported"] {
      try typed([
        "generate", "--checkpoint", run, "--count", "3", "--raw", "\(run).raw", "--out", "\(run).png",
      ])
    }
    #expect(try bytes("run.raw") == bytes("imported.raw") && bytes("run.png") == bytes("imported.png"))
    try typed(["export", "imported", "--format", "onnx", "--out", "onnx"])
    let begun = try typed(
      ["train", "--from", "imported", "--steps", "1", "--batch-size", "8", "--out", "begun"] + Self.small)
    #expect(begun.errors.contains("step-00000000/model.safetensors"))
  }

  @Test("It is trained on, with whatever data it is given first") func resume() throws {
    let manifest = try program.folder.text("imported/checkpoints/step-00000000/manifest.json")
    #expect(!manifest.contains("\"data\"") && manifest.contains("\"imported\""))
    try typed(["data", "faces", "--count", "20", "--out", "pictures"])
    // In another folder, with a change before its first step.
    try typed(
      ["train", "--resume", "imported", "--data", "pictures", "--out", "other", "--more-steps", "1"]
        + ["--change", "batch_size=4"] + Self.small)
    #expect(FileManager.default.fileExists(atPath: program.folder.file("other/checkpoints/step-00000001")))
    let dry = try typed(
      ["train", "--resume", "imported", "--data", "pictures", "--more-steps", "2", "--dry-run", "--change"]
        + ["batch_size=4"])
    #expect(
      dry.errors.contains("goes on from imported/checkpoints/step-00000000 and ends at step 2"),
      "\(dry.errors)")
    let on = ["train", "--resume", "imported", "--data", "pictures"] + Self.small
    let first = try typed(on + ["--more-steps", "2", "--change", "batch_size=4"])
    #expect(first.errors.contains("going on from imported/checkpoints/step-00000000"))
    #expect(!first.errors.contains("warning"), "\(first.errors)")
    let later = try program.folder.text("imported/checkpoints/step-00000002/manifest.json")
    #expect(later.contains("\"pictures\" : 20") && !later.contains("\"imported\""))
    // From now on the data is known.
    let faces = try typed(
      ["train", "--resume", "imported", "--data", "faces", "--more-steps", "1"] + Self.small, code: 1)
    #expect(faces.errors.contains("the data is not what imported/checkpoints/step-00000002 was trained on"))
    let same = try typed(["train", "--resume", "imported", "--more-steps", "1"] + Self.small)
    #expect(same.errors.contains("going on from imported/checkpoints/step-00000002"))
  }

  @Test("Its first steps are those of a new run that begins with the same weights") func steps() throws {
    let faces = ["--data", "faces", "--batch-size", "8"]
    try typed(["train", "--from", "run", "--steps", "2", "--out", "begun"] + faces + Self.small)
    let model = "run/checkpoints/step-00000001/model.safetensors"
    try typed(["import", model, "--out", "small", "--batch-size", "8"] + Self.networks)
    try typed(["train", "--resume", "small", "--more-steps", "2"] + Self.small)
    #expect(
      try bytes("begun/checkpoints/step-00000002/model.safetensors")
        == bytes("small/checkpoints/step-00000002/model.safetensors"))
  }

  @Test("What cannot be imported is a sentence, and leaves no folder") func wrong() throws {
    let model = "run/checkpoints/step-00000001/model.safetensors"
    try program.folder.file("empty", "")
    for (words, code, said) in [
      ([model, "--out", "x"], 64 as Int32, "error: say which networks these are: --preset"),
      (
        ["--preset", "dcgan64", "--out", "x"], 64,
        "error: name one file that holds both networks, or --generator"
      ),
      ([model, "--generator", model, "--preset", "dcgan64", "--out", "x"], 64, "error: name one file"),
      (["empty", "--preset", "dcgan64", "--out", "x"], 1, "error: empty is empty"),
      (["none", "--preset", "dcgan64", "--out", "x"], 1, "error: "),
      (
        [model, "--preset", "dcgan64", "--size", "16", "--width", "8", "--out", "x"], 1,
        "error: \(model) does not fit the networks of dcgan64: generator.main.0.weight has the shape [100, 8, 4, 4] there and [100, 16, 4, 4] here; generator.main.1.weight"
      ),
      ([model, "--out", "run"] + Self.networks, 1, "error: run holds another run: give another --out"),
    ] {
      let result = try typed(["import"] + words, code: code)
      #expect(result.sentences.first?.hasPrefix(said) == true, "\(result)")
      #expect(!FileManager.default.fileExists(atPath: program.folder.file("x")))
    }
    let json = try typed(
      ["import", "--generator", model, "--discriminator", model, "--out", "two", "--json"] + Self.networks)
    #expect(
      try ConfigurationFile.value(of: json.output)["networks"] == .string("dcgan64") && json.errors.isEmpty)
    #expect(try program("import", "--help").output.contains("dcgan-dist import --generator netG.safetensors"))
  }
}
