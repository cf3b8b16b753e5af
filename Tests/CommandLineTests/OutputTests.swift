import Configuration
import Foundation
import Options
import Recipes
import TestOptions
import TestSupport
import Testing

@Suite("What a run writes beside its sheets", .serialized)
struct OutputTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let small = ["--size", "16", "--width", "8", "--batch-size", "8", "--threads", "1"]

  private func names(_ run: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(program.folder.path)/\(run)").sorted()
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(program.folder.path)/\(path)"))
  }

  private func events(_ run: String) throws -> [String] {
    try names(run).filter { $0.hasPrefix("events.out.tfevents.") }
  }

  private func frames(_ run: String) throws -> Int {
    // Each frame has one block that tells how long it stays.
    let gif = [UInt8](try bytes("\(run)/progress.gif"))
    #expect(gif.starts(with: Array("GIF89a".utf8)) && gif.last == 0x3B)
    return (0..<gif.count - 8).count {
      Array(gif[$0..<$0 + 4]) == [0x21, 0xF9, 4, 4] && Array(gif[$0 + 6..<$0 + 9]) == [0, 0, 0x2C]
    }
  }

  @Test("All is written, goes on after a stop, and is replaced by --overwrite")
  func life() throws {
    let trained = try program.typed(
      ["train", "--out", "run", "--steps", "4", "--sample-every", "2", "--checkpoint-every", "2"] + Self.small
    )
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(try events("run").count == 1)
    #expect(try frames("run") == 3)
    #expect(try names("run").contains("reals-and-fakes.png"))
    let first = try bytes("run/progress.gif")

    let resumed = try program("train", "--resume", "run/checkpoints/step-00000002", "--steps", "3")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(try events("run").count == 2)
    #expect(try names("run/samples") == ["step-00000000.png", "step-00000002.png", "step-00000003.png"])
    #expect(try frames("run") == 3)
    #expect(try bytes("run/progress.gif") != first)

    let bare = try program.typed(
      ["train", "--out", "run", "--overwrite", "--steps", "1", "--tensorboard", "off", "--animation", "off"]
        + ["--reals-and-fakes", "off"] + Self.small)
    #expect(bare.code == 0, "\(bare.errors)")
    #expect(
      try names("run") == ["checkpoints", "log.txt", "metrics.jsonl", "options.json", "reals.png", "samples"])

    // What was off may be on from here on.
    let more = try program(
      "train", "--resume", "run", "--steps", "2", "--tensorboard", "on", "--animation", "on",
      "--animation-fps", "1")
    #expect(more.code == 0, "\(more.errors)")
    #expect(try events("run").count == 1)
    #expect(try frames("run") == 3)
    let options = try ConfigurationFile.recordedOptions("\(program.folder.path)/run/options.json")
    #expect(
      options.outputSettings == OutputSettings(framesPerSecond: 1, realsAndFakes: false))
  }

  @Test("A picture that cannot be made at the end is a warning, as the run is saved")
  func unreadable() throws {
    #expect(try program.typed(["train", "--out", "run", "--steps", "1"] + Self.small).code == 0)
    try FileManager.default.removeItem(atPath: "\(program.folder.path)/run/progress.gif")
    try FileManager.default.createDirectory(
      atPath: "\(program.folder.path)/run/progress.gif/in-the-way", withIntermediateDirectories: true)
    _ = try program.folder.file("run/reals.png", "no picture")
    let resumed = try program("train", "--resume", "run", "--steps", "2")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(
      resumed.errors.contains(
        "warning: cannot write run/progress.gif: it is a folder, not a file; the run itself is saved"))
    // What a start writes is made good.
    #expect(try bytes("run/reals.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try names("run/checkpoints").contains("step-00000002"))
  }

  @Test("What is given wrong is one sentence")
  func wrong() throws {
    for (words, sentence) in [
      (
        ["--animation-fps", "0"],
        "--animation-fps must be a number of frames a second from 0.01 to 50, and is 0.0"
      ),
      (
        ["--animation-fps", "60"],
        "--animation-fps must be a number of frames a second from 0.01 to 50, and is 60.0"
      ),
      (["--sheet", "0x5"], "--sheet must be columns x rows, each from 1 to 64, as 8x8, and is 0x5"),
      (["--sheet", "8x65"], "--sheet must be columns x rows, each from 1 to 64, as 8x8, and is 8x65"),
      (["--sheet-padding", "-1"], "--sheet-padding must be a whole number from 0 to 64, and is -1"),
      (["--sheet-grey", "128"], "--sheet-grey must be a number from 0 (black) to 1 (white), and is 128.0"),
    ] {
      let result = try program.typed(["train"] + words)
      #expect(result.code == 64)
      #expect(result.sentences.first == "error: \(sentence)")
    }
    let result = try program("train", "--tensorboard", "maybe")
    #expect(result.code == 64)
    #expect(
      result.sentences.first?.hasPrefix("error: The value 'maybe' is invalid for '--tensorboard <on|off>'")
        == true)
    #expect(
      try program("train", "--sheet", "64").sentences.first
        == "error: The value '64' is invalid for '--sheet <CxR>': it must be columns x rows, as 8x8.")
    expectError("a.yaml.sheet must be columns x rows as \"8x8\", and is 8") {
      _ = try GivenOptions(configuration: .object([.init("sheet", .integer(8))]), path: "a.yaml")
    }
    expectError("a.yaml.animation must be true or false, and is \"x\"") {
      _ = try GivenOptions(
        configuration: .object([.init("animation", .string("x"))]), path: "a.yaml")
    }
  }

  @Test("A preset's outputs are in its document, and a run of its own takes them")
  func document() throws {
    let document = try RunOptions(preset: .dcgan64).presetDocument
    #expect(document["tensorboard"] == .bool(true) && document["animation_fps"] == .real(5))
    let options = try resolved(GivenOptions(configuration: document))
    #expect(options.outputSettings == Preset.dcgan64.outputs)
    #expect(try RunOptions(configuration: options.configuration) == options)
    let slow = try resolved(given { $0.outputSettings.framesPerSecond = 1 })
    #expect(slow.outputSettings.framesPerSecond == 1 && slow.outputSettings.animation)
  }
}
