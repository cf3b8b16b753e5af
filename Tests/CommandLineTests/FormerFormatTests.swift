import Configuration
import Foundation
import Options
import TestSupport
import Testing

/// Note [Casing of keys]: a run that the program of before wrote (Fixtures/former-run/README.md).
@Suite("A run of the former format")
struct FormerFormatTests {
  private let program: Program

  init() throws {
    program = try Program()
    let run = try #require(Bundle.module.url(forResource: "Fixtures/former-run", withExtension: nil))
    try FileManager.default.copyItem(at: run, to: URL(fileURLWithPath: program.folder.file("former")))
    try FileManager.default.removeItem(atPath: program.folder.file("former/README.md"))
  }

  private static let flags = [
    "--size", "16", "--width", "1", "--batch-size", "4", "--threads", "1", "--spectral-norm",
    "--label-smoothing", "0.1", "--lr-d", "1e-4",
  ]

  @Test("Its options are those that the same flags give")
  func options() throws {
    let path = program.folder.file("former/options.json")
    #expect(try program.folder.text("former/options.json").contains("\"learningRate\": 0.0001"))
    let former = try ConfigurationFile.recordedOptions(path)
    let made = try program.typed(
      ["train", "--out", "new", "--steps", "2", "--set", "instance_noise.decay_steps=50", "--set"]
        + ["sampling.lastBatch=keep"] + Self.flags)
    #expect(made.code == 0, "\(made.errors)")
    let new = try ConfigurationFile.recordedOptions(program.folder.file("new/options.json"))
    #expect(former.architecture == new.architecture && former.recipe == new.recipe)
    #expect(former.numbers == new.numbers && former.network == new.network)
    // A person's --config takes such a file too.
    let again = try program("train", "--config", "former/options.json", "--out", "again", "--steps", "1")
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test("It goes on, and is written in the format of now")
  func resume() throws {
    let refused = try program("train", "--resume", "former", "--steps", "4", "--lr-d", "2e-4")
    #expect(refused.code == 64)
    #expect(refused.errors.contains("discriminator.learning_rate (--lr-d) cannot change on a resume"))
    let resumed = try program("train", "--resume", "former", "--steps", "4")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("going on from former/checkpoints/step-00000002"))
    let options = try program.folder.text("former/options.json")
    #expect(options.hasPrefix("{\n  \"format_version\": 2,") && options.contains("\"learning_rate\": 0.0001"))
    let manifest = try program.folder.text("former/checkpoints/step-00000004/manifest.json")
    for text in [
      "\"format_version\" : 2", "\"blas_core\"", "\"options_sha256\"", "\"learning_rate\" : 0.0001",
    ] {
      #expect(manifest.contains(text), "\(text)")
    }
    #expect(try program("train", "--resume", "former", "--steps", "5").code == 0)
  }

  @Test("What was edited in it is found as in any other")
  func edited() throws {
    let text = try program.folder.text("former/options.json")
    try program.folder.file(
      "former/options.json",
      text.replacingOccurrences(of: "\"learningRate\": 0.0001", with: "\"learningRate\": 0.0003"))
    let refused = try program("train", "--resume", "former", "--steps", "4")
    #expect(refused.code == 1)
    #expect(
      refused.sentences.last?.contains(
        "recipe.discriminator.learning_rate is 0.0003 in former/options.json, and "
          + "former/checkpoints/step-00000002 was trained with 0.0001") == true, "\(refused.errors)")
  }

  @Test("A format that is not known yet is refused by its number")
  func later() throws {
    let text = try program.folder.text("former/options.json")
    try program.folder.file(
      "former/options.json",
      text.replacingOccurrences(of: "{\n  \"program\"", with: "{\n  \"format_version\": 3,\n  \"program\""))
    let refused = try program("train", "--resume", "former", "--steps", "4")
    #expect(refused.code == 1)
    #expect(
      refused.errors.contains("these options are of format 3, and this program reads formats up to 2"),
      "\(refused.errors)")
    let configured = try program("train", "--config", "former/options.json", "--out", "new")
    #expect(configured.code == 1 && configured.errors.contains("these options are of format 3"))
  }

  @Test("Its pictures can be made")
  func generate() throws {
    let made = try program("generate", "--checkpoint", "former", "--out", "sheet.png", "--count", "4")
    #expect(made.code == 0, "\(made.errors)")
  }
}
