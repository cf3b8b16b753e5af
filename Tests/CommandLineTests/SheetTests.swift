import Configuration
import Drawing
import Foundation
import Layers
import Options
import Recipes
import TestOptions
import Testing

@Suite("Sheets and layer tables as the reference systems have them", .serialized)
struct SheetTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let quick = ["--batch-size", "4", "--threads", "1", "--out", "run"]

  private func train(_ words: [String]) throws -> Program.Outcome {
    let result = try program.typed(["train"] + words + Self.quick)
    #expect(result.code == 0, "\(result.errors)")
    return result
  }

  private func picture(_ path: String) throws -> Raster {
    try Raster(contentsOf: "\(program.folder.path)/run/\(path)")
  }

  private func size(_ path: String) throws -> [Int] {
    let picture = try picture(path)
    return [picture.width, picture.height]
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(program.folder.path)/run/\(path)").sorted()
  }

  private func log() throws -> String {
    try String(contentsOfFile: "\(program.folder.path)/run/log.txt", encoding: .utf8)
  }

  @Test("torch96: 8 x 8 with a padding of 2, a frame a second, its seed")
  func torch96() throws {
    _ = try train(["--preset", "torch96", "--width", "4", "--steps", "1"])
    #expect(try size("samples/step-00000001.png") == [786, 786])
    #expect(try size("reals.png") == [786, 786])
    let options = try ConfigurationFile.recordedOptions("\(program.folder.path)/run/options.json")
    #expect(options.seed == 2020 && options.outputSettings == OutputSettings(framesPerSecond: 1))
    let given = try program("train", "--preset", "torch96", "--seed", "3", "--dry-run")
    #expect(given.code == 0 && given.errors.contains("\"seed\": 3,"))
    // The seed goes where the recipe goes.
    let document = try program("presets", "torch96", "--json").output
    #expect(try resolved(GivenOptions(configuration: ConfigurationFile.value(of: document))).seed == 2020)
  }

  @Test(
    "slim64: five single pictures beside their sheet, which follow the run's steps; a resume may change all")
  func slim64() throws {
    let words = ["--preset", "slim64", "--size", "8", "--width", "4", "--sample-every", "1"]
    _ = try train(words + ["--checkpoint-every", "1", "--steps", "2"])
    #expect(try size("samples/step-00000002.png") == [52, 12])
    #expect(try size("reals.png") == [52, 12])
    #expect(try names("samples/step-00000002") == (0..<5).map { "0\($0).png" })
    #expect(try size("samples/step-00000002/04.png") == [8, 8])
    let (sheet, single) = try (picture("samples/step-00000002.png"), picture("samples/step-00000002/01.png"))
    for row in 0..<8 {
      let (there, here) = (3 * (52 * (row + 2) + 12), 3 * 8 * row)
      #expect(sheet.bytes[there..<there + 24] == single.bytes[here..<here + 24])
    }
    let frames = try names("samples").filter { $0.hasSuffix(".png") }
    #expect(frames.count == 3)

    let resumed = try program.typed(
      ["train", "--resume", "run/checkpoints/step-00000001", "--steps", "2", "--single-pictures", "off"]
        + ["--sheet", "3x2", "--sheet-padding", "1", "--sheet-grey", "0.5"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(
      try names("samples")
        == [
          "step-00000000", "step-00000000.png", "step-00000001", "step-00000001.png", "step-00000002.png",
        ])
    let other = try picture("samples/step-00000001.png")
    #expect([other.width, other.height] == [28, 19] && other.bytes[0] == 128)
    #expect(try size("reals.png") == [28, 19])
  }

  @Test("cgan28's sheet: 10 x 10 digits with grey borders of one pixel")
  func digits() throws {
    _ = try train(
      ["--preset", "vanilla", "--width", "4", "--steps", "1", "--sheet", "10x10", "--sheet-padding", "1"]
        + ["--sheet-grey", "0.5"])
    let sheet = try picture("samples/step-00000001.png")
    #expect([sheet.width, sheet.height] == [291, 291] && sheet.bytes[0] == 128)
    let ten = OutputSettings(grid: PictureGrid(columns: 10, rows: 10), padding: 1, paddingGrey: 0.5)
    #expect(Preset.cgan28.outputs == ten && ten.framesPerSecond == 5)
  }

  @Test("Layer tables are in the log of a new run, once, and on the screen where they are asked for")
  func tables() throws {
    let keras = try train(["--preset", "keras64", "--width", "4", "--steps", "1"])
    #expect(try size("samples/step-00000001.png") == [332, 332])
    for text in [keras.errors, try log()] {
      #expect(text.contains("generator  1 x 1 x 128 -> 64 x 64 x 3") && text.contains("trained parameters"))
    }
    #expect(try program("train", "--resume", "run", "--steps", "2").code == 0)
    #expect(try log().components(separatedBy: "discriminator  64 x 64 x 3 ->").count == 2)
    let quiet = try train(
      ["--preset", "keras64", "--width", "4", "--steps", "1", "--layer-tables", "off", "--overwrite"])
    #expect(!quiet.errors.contains("trained parameters"))
    #expect(try log().contains("trained parameters"))
  }
}
