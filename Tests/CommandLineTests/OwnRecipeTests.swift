import Checkpoints
import Configuration
import Foundation
import Options
import Recipes
import Testing

@Suite("Networks and recipe in one file, as --architecture takes it")
struct OwnRecipeTests {
  private let program: Program

  /// `mine.json` is a small slim64 under a name of its own; `bare.json` has the networks alone, under slim64's.
  init() throws {
    program = try Program()
    let printed = try program("presets", "slim64", "--size", "16", "--width", "4", "--json").output
    let document = try ConfigurationFile.value(of: printed)
    let named = ConfigurationValue.object([.init("name", .string("mine"))])
    _ = try program.folder.file(
      "mine.json", document.merging(.object([.init("architecture", named)])).json())
    _ = try program.folder.file("bare.json", (document["architecture"] ?? .null).json())
  }

  private static let quiet = ["--threads", "1", "--sample-every", "0", "--animation", "off"]
  private static let lack =
    "bare.json has no recipe, so the default one is used, which differs from slim64's in schedule, "

  @Test("One file trains as its preset does, and a run of it goes on without the file")
  func oneFile() throws {
    let trained = try program.typed(
      ["train", "--architecture", "mine.json", "--steps", "2", "--out", "run"] + Self.quiet)
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(!trained.errors.contains("recipe"))
    let preset = try program.typed(
      ["train", "--preset", "slim64", "--size", "16", "--width", "4", "--steps", "2", "--out", "preset"]
        + Self.quiet)
    #expect(preset.code == 0, "\(preset.errors)")
    let name = "checkpoints/step-00000002/model.safetensors"
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: program.folder.file("run/\(name)")))
        == Data(contentsOf: URL(fileURLWithPath: program.folder.file("preset/\(name)"))))
    let options = try ConfigurationFile.recordedOptions(program.folder.file("run/options.json"))
    #expect(options.recipe == Preset.slim64.recipe && options.outputSettings.singlePictures)
    // The file may be named again, and must not be there.
    let again = try program("train", "--resume", "run", "--steps", "3", "--architecture", "mine.json")
    #expect(again.code == 0 && !again.errors.contains("the run keeps its own recipe"), "\(again.errors)")
    try FileManager.default.removeItem(atPath: program.folder.path + "/mine.json")
    #expect(try program("train", "--resume", "run", "--steps", "4").code == 0)
  }

  @Test("The recipe that a file lacks is told by train, its dry run, verify and bench")
  func noRecipe() throws {
    let own = ["--architecture", "bare.json", "--batch-size", "8"]
    let dry = try program.typed(["train", "--dry-run"] + own)
    #expect(dry.code == 0 && dry.errors.contains(Self.lack), "\(dry.errors)")
    #expect(dry.errors.contains("epochs 5 (slim64: none)") && !dry.errors.contains("batch_size 8 (slim64"))
    let trained = try program.typed(["train"] + own + ["--steps", "1", "--out", "run"] + Self.quiet)
    #expect(trained.code == 0 && trained.errors.contains(Self.lack), "\(trained.errors)")
    let log = try String(contentsOfFile: program.folder.path + "/run/log.txt", encoding: .utf8)
    #expect(log.contains("to use slim64's, print it by 'dcgan-dist presets slim64 --json > slim64.json'"))
    let measured = try program.typed(["bench", "--steps", "1", "--threads", "1,2"] + own)
    #expect(measured.code == 0 && measured.errors.components(separatedBy: Self.lack).count == 2)
    // What the sentence says to do.
    #expect(
      try program.shell(
        "\"$0\" presets slim64 --json > slim64.json && \"$0\" train --architecture bare.json --config slim64.json "
          + "--dry-run --steps 1 2> dry.txt"
      ).code == 0)
    let mended = try String(contentsOfFile: program.folder.path + "/dry.txt", encoding: .utf8)
    #expect(mended.contains("\"batch_size\": 8,") && !mended.contains("has no recipe"))
  }

  @Test("verify and bench use the file's recipe", .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func elsewhere() throws {
    let own = ["--architecture", "mine.json"]
    let measured = try program.typed(["bench", "--steps", "1", "--threads", "1", "--json"] + own)
    #expect(measured.code == 0, "\(measured.errors)")
    #expect(try printed(measured.output, as: PrintedBench.self).batchSize == 8)
    let equal = try program.typed(["verify", "--ranks", "1,2", "--steps", "1", "--threads", "1"] + own)
    #expect(equal.code == 0, "\(equal.errors)")
    let told = try program.typed(
      ["verify", "--ranks", "1,2", "--steps", "1", "--threads", "1", "--architecture", "bare.json"])
    #expect(told.code == 0 && told.errors.components(separatedBy: Self.lack).count == 2, "\(told.errors)")
  }

  @Test("presets shows a file's networks and recipe, and prints both as JSON")
  func presets() throws {
    let shown = try program("presets", "mine.json")
    #expect(shown.code == 0 && shown.output.isEmpty, "\(shown.errors)")
    #expect(shown.errors.hasPrefix("mine.json: mine, 16 x 16 x 3\n"))
    #expect(shown.errors.contains("\nrecipe {\n") && shown.errors.contains("\"steps\": 30000\n}\n"))
    #expect(shown.errors.contains("trained parameters"))
    #expect(try program("presets", "bare.json").errors.contains(Self.lack))
    let json = try program("presets", "mine.json", "--json")
    #expect(json.errors.isEmpty)
    let file = try String(contentsOfFile: program.folder.path + "/mine.json", encoding: .utf8)
    #expect(try ConfigurationFile.value(of: json.output) == ConfigurationFile.value(of: file))
    let missing = try program("presets", "none.json")
    #expect(missing.code == 1 && missing.sentences == ["error: there is no file none.json"])
    #expect(try program("presets", "slim65").sentences.first?.contains("did you mean slim64?") == true)
    let wider = try program("presets", "mine.json", "--width", "8")
    #expect(wider.code == 64 && wider.errors.contains("mine.json has the widths"))
  }

  @Test("A model without its run is drawn with z as the file's recipe has it")
  func generate() throws {
    #expect(
      try program.typed(
        ["train", "--architecture", "mine.json", "--steps", "1", "--out", "run"] + Self.quiet
      ).code == 0)
    try FileManager.default.copyItem(
      atPath: program.folder.path + "/run/checkpoints/step-00000001/model.safetensors",
      toPath: program.folder.path + "/model.safetensors")
    let made = try program(
      "generate", "--checkpoint", "model.safetensors", "--architecture", "mine.json", "--count", "8", "--raw",
      "raw.safetensors")
    #expect(made.code == 0, "\(made.errors)")
    let z = try SafetensorsReader(path: program.folder.path + "/raw.safetensors").tensor(named: "z")
    #expect(try z.floats(shape: z.shape).allSatisfy { abs($0) <= 1 })
    let unknown = try program("generate", "--checkpoint", "model.safetensors")
    #expect(
      unknown.code == 64
        && unknown.sentences == [
          "error: model.safetensors is not within a run's folder, so its networks are not known: give --preset (and --width, --size as they were), or --architecture FILE"
        ])
    for place in ["none", "none.safetensors"] {
      let none = try program("generate", "--checkpoint", place)
      #expect(
        none.code == 1 && none.sentences == ["error: --checkpoint: there is nothing at \(place)"])
    }
  }

  @Test("A recipe with a wrong key, or that does not fit, is one sentence with the file's name")
  func wrong() throws {
    for (recipe, code, sentence) in [
      ("{\"lss\": 1}", 1 as Int32, "recipe has an unknown key \"lss\"; did you mean loss?"),
      (
        "{\"conditions\": {\"wrong_labels\": true}}", 64,
        "conditions.wrong_labels needs networks whose discriminator is told the labels, and slim64's is not: take a preset "
          + "such as cgan28 or cdcgan64"
      ),
    ] {
      let bare = try String(contentsOfFile: program.folder.path + "/bare.json", encoding: .utf8)
      _ = try program.folder.file("wrong.json", "{\"architecture\": \(bare), \"recipe\": \(recipe)}")
      for words in [["train"], ["bench"], ["verify"]] {
        let result = try program.typed(words + ["--architecture", "wrong.json"])
        #expect(result.code == code && result.sentences == ["error: wrong.json: \(sentence)"], "\(result)")
      }
      let shown = try program("presets", "wrong.json")
      #expect(shown.code == code && shown.sentences == ["error: wrong.json: \(sentence)"], "\(shown)")
    }
  }
}
