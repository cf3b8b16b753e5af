import Checkpoints
import Configuration
import Foundation
import Options
import Testing

/// Fine-tuning: a new run that begins with another's weights.
@Suite("train --from") struct StartingWeightsTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let small = ["--batch-size", "8", "--threads", "1", "--sample-every", "0"]

  private func train(_ words: String..., code: Int32 = 0) throws -> Program.Outcome {
    let result = try program.typed(["train"] + words + Self.small)
    #expect(result.code == code, "\(words): \(result.errors)")
    return result
  }

  private func model(_ run: String, step: Int) throws -> SafetensorsReader {
    try SafetensorsReader(
      path: program.folder.file("\(run)/checkpoints/step-0000000\(step)/model.safetensors"))
  }

  private func floats(_ file: SafetensorsReader, _ name: String) throws -> [Float] {
    let tensor = try file.tensor(named: name)
    return try tensor.floats(shape: tensor.shape)
  }

  @Test("A run begins at step 0 with another's weights and networks, on data and rates of its own")
  func begins() throws {
    _ = try train(
      "--size", "16", "--width", "4", "--steps", "3", "--out", "first", "--set", "generator_average=0.5")
    #expect(
      try program("data", "faces", "--count", "24", "--size", "16", "--seed", "9", "--out", "others").code
        == 0)
    let next = try train(
      "--from", "first", "--data", "others", "--lr-d", "1e-9", "--lr-g", "1e-9", "--set",
      "generator_average=0.99999",
      "--steps", "1", "--out", "next")
    let path = program.folder.path + "/first/checkpoints/step-00000003/model.safetensors"
    #expect(next.errors.contains("the weights to begin with are those of \(path); the optimizers are new"))
    let options = try ConfigurationFile.recordedOptions(program.folder.file("next/options.json"))
    #expect(
      options.from == path && options.fromSHA256?.count == 64 && options.width == 4 && options.size == 16)
    // One step at a rate of 1e-9 changes nothing that is seen: G, D and the average of G are the first run's.
    let (then, now) = (try model("first", step: 3), try model("next", step: 1))
    for name in ["generator.main.0.weight", "discriminator.main.0.weight", "generator_average.main.0.weight"]
    {
      let difference = zip(try floats(then, name), try floats(now, name)).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 1e-6, "\(name)")
    }
    // The first sheets show what the first run's last do.
    let made = try program("generate", "--checkpoint", "next", "--count", "4", "--out", "next.png")
    #expect(made.code == 0)
    #expect(try program("generate", "--checkpoint", "first", "--count", "4", "--out", "first.png").code == 0)
    // It goes on like any other run, and is the same run from its own options.
    _ = try train("--resume", "next", "--steps", "2")
    let again = try train("--config", "next/options.json", "--steps", "2", "--out", "again")
    #expect(again.errors.contains("the weights to begin with"))
    for file in ["model.safetensors", "optimizer.safetensors"] {
      let name = "checkpoints/step-00000002/\(file)"
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: program.folder.file("next/\(name)")))
          == Data(contentsOf: URL(fileURLWithPath: program.folder.file("again/\(name)"))))
    }
  }

  @Test("Layers that differ are named, and begin fresh only where that is allowed")
  func mismatch() throws {
    _ = try train("--size", "16", "--width", "4", "--steps", "1", "--out", "first")
    let wider = ["--from", "first", "--size", "16", "--width", "8", "--steps", "1", "--out"]
    let refused = try program.typed(["train"] + wider + ["wider"] + Self.small)
    #expect(refused.code == 64)
    #expect(
      refused.sentences.last?.contains("no layer of these networks is in ") == true, "\(refused.errors)")
    // The width is the model's.
    let larger = ["--from", "first", "--size", "32", "--steps", "1", "--out"]
    let named = try program.typed(["train"] + larger + ["larger"] + Self.small)
    #expect(named.code == 64)
    let last = try #require(named.sentences.last)
    #expect(
      last.contains(
        "generator.main.0 has generator.main.0.weight of shape [100, 8, 4, 4] there and [100, 16, 4, 4] here")
    )
    #expect(last.contains("--allow-mismatch begins such layers fresh and takes the rest"))
    #expect(!FileManager.default.fileExists(atPath: program.folder.file("larger/checkpoints/latest")))
    let allowed = try program.typed(
      ["train", "--allow-mismatch", "--overwrite"] + larger + ["larger"] + Self.small)
    #expect(allowed.code == 0, "\(allowed.errors)")
    #expect(allowed.errors.contains("begin fresh: generator.main.0"))
  }

  @Test("What cannot be begun from is a sentence")
  func wrong() throws {
    #expect(try train("--from", "none", code: 1).errors.contains("--from: there is nothing at none"))
    _ = try program.folder.file("empty/notes.txt", "nothing")
    #expect(try train("--from", "empty", code: 1).errors.contains("error: "))
    _ = try train("--size", "16", "--width", "4", "--steps", "1", "--out", "first")
    let resumed = try train("--resume", "first", "--from", "first", "--steps", "2", code: 64)
    #expect(
      resumed.errors.contains(
        "--from begins a new run with the weights of another, and --resume goes on with a run"))
    #expect(try train("--allow-mismatch", code: 64).errors.contains("--allow-mismatch is for --from"))
    // The file that a run was recorded with has changed.
    // A job script gives it at each start.
    for steps in ["1", "2"] {
      _ = try train("--from", "first", "--steps", steps, "--out", "job", "--resume", "auto")
    }
    _ = try train("--from", "first", "--steps", "1", "--out", "next")
    _ = try train(
      "--size", "16", "--width", "4", "--seed", "2", "--steps", "1", "--out", "first", "--overwrite")
    let changed = try train("--config", "next/options.json", "--out", "again", code: 1)
    #expect(changed.errors.contains("is not the file that these options were recorded with"))
  }
}
