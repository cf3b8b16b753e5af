import Drawing
import Foundation
import TestSupport
import Testing

/// What a run and its commands say of labels: in the margins of sheets, in the log, in `presets` and in the help.
@Suite("Labels that a run's pictures and texts name", .serialized) struct SheetLabelRunTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let faces = [
    "train", "--preset", "cdcgan64", "--size", "16", "--width", "4", "--batch-size", "8", "--threads", "1",
    "--sample-every", "1",
  ]

  private func run(_ words: [String], code: Int32 = 0, _ place: SourceLocation = #_sourceLocation) throws
    -> Program.Outcome
  {
    let result = try program.typed(words)
    #expect(result.code == code, "\(words): \(result.errors)", sourceLocation: place)
    return result
  }

  private func picture(_ path: String) throws -> Raster {
    try Raster(contentsOf: program.folder.file(path))
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: program.folder.file(path))))
  }

  private func size(_ path: String) throws -> [Int] {
    let picture = try picture(path)
    return [picture.width, picture.height]
  }

  /// The bare grid of eight columns and ten rows of 16 x 16.
  private static let bare = [8 * 18 + 2, 10 * 18 + 2]

  @Test("The margins hold the names, and nothing else is another with them")
  func sheets() throws {
    _ = try run(Self.faces + ["--steps", "2", "--out", "named", "--sheet", "8x10"])
    _ = try run(Self.faces + ["--steps", "2", "--out", "bare", "--sheet", "8x10", "--sheet-labels", "off"])
    let named = try picture("named/samples/step-00000002.png")
    let bare = try picture("bare/samples/step-00000002.png")
    #expect([bare.width, bare.height] == Self.bare)
    let (left, top) = (named.width - bare.width, named.height - bare.height)
    #expect(left > 40 && top > 30)
    #expect(named.cropped(x: left, y: top, width: bare.width, height: bare.height) == bare)
    for name in ["reals.png", "reals-and-fakes.png"] {
      #expect(try bytes("named/\(name)") == bytes("bare/\(name)"))
    }
    let moving = try GIFReader(bytes("named/progress.gif"))
    #expect(moving.width == named.width && moving.height == named.height)
  }

  @Test("A run that began before its sheets had margins goes on without them")
  func former() throws {
    _ = try run(Self.faces + ["--steps", "1", "--out", "run", "--sheet", "8x10", "--sheet-labels", "off"])
    let options = try program.folder.text("run/options.json")
    #expect(options.contains("  \"sheet_labels\": false,\n"))
    _ = try program.folder.file(
      "run/options.json", options.replacingOccurrences(of: "  \"sheet_labels\": false,\n", with: ""))
    _ = try run(["train", "--resume", "run", "--more-steps", "1"])
    #expect(try size("run/samples/step-00000002.png") == Self.bare)
    _ = try run(["train", "--resume", "run", "--more-steps", "1", "--sheet-labels", "on"])
    #expect(try size("run/samples/step-00000003.png") != Self.bare)
  }

  private static let groups = [
    "hair = aqua, black, blonde, blue, brown, green, pink, purple, red, silver; 10 classes",
    "eyes = amber, blue, brown, green, purple, red; 6 classes",
  ]

  @Test("The log of each start, presets and the help name groups and classes")
  func texts() throws {
    let begun = try run(Self.faces + ["--steps", "1", "--out", "run"])
    let resumed = try run(["train", "--resume", "run", "--more-steps", "1"])
    for said in [begun.errors, resumed.errors] {
      #expect(
        said.contains("labels, with the pictures of each: hair = aqua (1,012), black (991), blonde (990),"))
      #expect(said.contains("labels, with the pictures of each: eyes = amber (1,667), "))
    }
    let line = "dcgan-dist generate --checkpoint run --label hair=aqua,eyes=amber"
    let shown = try run(["presets", "run"]).errors
    for words in Self.groups + [line, "trained parameters", "\"batch_size\": 8"] {
      #expect(shown.contains(words), "\(words)")
    }
    let json = try run(["presets", "run", "--json"]).output
    #expect(json.contains("\"batch_size\": 8") && json.contains("\"silver\""))
    let again = try program.folder.file("run.json", json)
    _ = try run(
      ["train", "--architecture", again, "--steps", "1", "--out", "again", "--dry-run"])
    let shaped = try run(["presets", "run", "--size", "32"], code: 64)
    #expect(shaped.errors.contains("shape a preset, and run is a run"))

    let file = "run/checkpoints/step-00000002/model.safetensors"
    for words in [["--checkpoint", "run"], ["--checkpoint=run/checkpoints"], ["--checkpoint", file]] {
      let help = try run(["generate"] + words + ["--help"])
      #expect(help.errors.isEmpty && help.output.contains("SUBCOMMANDS") == false)
      for words in Self.groups + ["--seeds", "--label hair=aqua,eyes=amber\n"] {
        #expect(help.output.contains(words), "\(words)")
      }
    }
  }

  @Test("A run that cannot be read leaves the help as it is but for a sentence")
  func unreadable() throws {
    let plain = try run(["generate", "--help"]).output
    #expect(!plain.contains("LABELS"))
    try FileManager.default.createDirectory(
      atPath: program.folder.file("broken"), withIntermediateDirectories: true)
    _ = try program.folder.file("broken/options.json", "{\"seed\": ")
    for name in ["nothing", "broken"] {
      let help = try run(["generate", "--checkpoint", name, "--help"])
      #expect(help.output.hasPrefix(plain.trimmingCharacters(in: .newlines)) && help.errors.isEmpty)
      #expect(help.output.contains("LABELS OF \(name):\n  these are not known: "))
    }
    #expect(try run(["presets", "broken"], code: 1).errors.contains("options.json"))
  }

  @Test("generate names what was asked for above its sheet, and nothing by --sheet-labels off")
  func generated() throws {
    _ = try run(Self.faces + ["--steps", "1", "--out", "run"])
    func made(_ words: [String]) throws -> Raster {
      _ = try run(["generate", "--checkpoint", "run", "--out", "sheet.png"] + words)
      return try picture("sheet.png")
    }
    let asked = ["--label", "hair=blonde"]
    let (named, bare) = try (
      made(asked + ["--grid", "8x8"]), made(asked + ["--grid", "8x8", "--sheet-labels", "off"])
    )
    #expect(bare.width == 146 && bare.height == 146 && named.width == 146)
    let top = named.height - 146
    #expect(top > 10 && named.cropped(x: 0, y: top, width: 146, height: 146) == bare)
    // The classes of these are as the seeds have them.
    #expect(try made(["--grid", "8x8"]).height == 146)
    // One picture alone has no margins.
    #expect(try made(asked + ["--seeds", "3"]).height == 16)
  }
}
