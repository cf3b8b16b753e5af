import Checkpoints
import Drawing
import Foundation
import TestSupport
import Testing

/// `visualize --drop` with the built program and a small run.
@Suite("G forgets an object", .serialized) struct DropTests {
  private let program: Program

  init() throws { program = try Program() }

  private func prepare(_ words: String...) throws {
    let run = try program.typed(
      ["train"] + words + [
        "--size", "16", "--width", "4", "--batch-size", "8", "--threads", "1", "--sample-every", "0",
        "--steps", "2", "--out", "run",
      ])
    #expect(run.code == 0, "\(run.errors)")
    try write(
      #"{"pictures": [{"seed": 3, "boxes": [[2, 2, 8, 6]]}, {"seed": 9, "boxes": [[0, 8, 4, 4], [8, 8, 8, 8]]}, {"seed": 4, "boxes": []}]}"#,
      to: "boxes.json")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: program.folder.file(name)))
  }

  private func refused(
    _ sentence: String, code: Int32 = 64, _ words: String..., place: SourceLocation = #_sourceLocation
  ) throws {
    let result = try program.typed(["visualize", "--checkpoint", "run"] + words)
    #expect(result.code == code && result.output.isEmpty, "\(result.errors)", sourceLocation: place)
    #expect(result.sentences.last == "error: \(sentence)", sourceLocation: place)
  }

  @Test("Boxes give a sheet and the list of dropped maps, the same on two ranks")
  func boxes() throws {
    try prepare()
    let words = [
      "visualize", "--drop", "--checkpoint", "run", "--boxes", "boxes.json", "--drop-shown", "3",
      "--drop-threshold", "0", "--outline", "--json", "--out", "deep/drop.png",
    ]
    let one = try program.typed(words)
    #expect(one.code == 0, "\(one.errors)")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any])
    #expect(object["layer"] as? String == "generator.main.3" && object["object"] as? String == "boxes.json")
    #expect(object["fitted_pictures"] as? Int == 2 && object["judge"] is NSNull && object["score"] is NSNull)
    let weights = try #require(object["weights"] as? [Double])
    #expect(
      weights.count == 4
        && object["dropped"] as? [Int] == weights.indices.filter { weights[$0] > 0 })
    let sheet = try Data(contentsOf: URL(fileURLWithPath: program.folder.file("deep/drop.png")))
    // Two pictures with boxes, and below them three others, each above the same without the maps.
    let raster = try Raster(contentsOf: program.folder.file("deep/drop.png"))
    #expect(raster.height > 4 * 32 && raster.height < 4 * 32 + 120 && raster.width > 3 * 32)
    let isOutlined = (0..<raster.height).contains { y in
      (0..<raster.width).contains { x in
        let colour = raster[x, y]
        return colour.red > 180 && max(colour.green, colour.blue) < 100
      }
    }
    #expect(isOutlined)
    let two = try program.typed(words + ["--ranks", "2", "--threads", "1"])
    #expect(two.code == 0 && two.output == one.output, "\(two.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: program.folder.file("deep/drop.png"))) == sheet)
  }

  @Test("Maps are taken from the first convolution of 8 x 8 or more")
  func usualLayer() throws {
    try prepare()
    let run = try program.typed([
      "train", "--size", "64", "--width", "4", "--batch-size", "8", "--threads", "1", "--sample-every", "0",
      "--steps", "1", "--out", "large",
    ])
    #expect(run.code == 0, "\(run.errors)")
    try write(
      #"{"pictures": [{"seed": 3, "boxes": [[8, 8, 32, 24]]}, {"seed": 9, "boxes": [[0, 8, 16, 16]]}]}"#,
      to: "large.json")
    let result = try program.typed([
      "visualize", "--drop", "--checkpoint", "large", "--boxes", "large.json", "--drop-shown", "1", "--json",
    ])
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["layer"] as? String == "generator.main.3", "\(result.errors)")
  }

  @Test("What cannot be is told in a sentence")
  func errors() throws {
    try prepare()
    try refused(
      "--drop needs to know what G is to forget: give --object flower (or another thing that the built-in faces wear), or "
        + "--boxes FILE.json", "--drop")
    try refused(
      "--object and --boxes were both given, and each says where the object is: leave one out", "--drop",
      "--object", "bow", "--boxes", "boxes.json")
    try refused(
      "--object: the built-in faces wear no \"hat\"; they wear bow, catEars, flower, glasses or pin",
      "--drop",
      "--object", "hat")
    try refused("--object and --outline belong to --drop: give it too", "--object", "bow", "--outline")
    try refused(
      "--data and --seed and --drop were given together: the first are for D's filters, and --drop is about G",
      "--drop", "--object", "bow", "--data", "faces", "--seed", "1")
    try refused(
      "--drop-pictures is of --object, and --boxes says which pictures: leave it out", "--drop", "--boxes",
      "boxes.json", "--drop-pictures", "100")
    try refused(
      "--data names the pictures that excite filters, and is missing: give it, or --drop to make G forget an object"
    )
    try refused(
      "--layer 6: G of dcgan64 has no such convolution before its output; it has generator.main.0 (4 x 4 x 8) and "
        + "generator.main.3 (8 x 8 x 4)", "--drop", "--boxes", "boxes.json", "--layer", "6")
    try write(#"{"pictures": [{"seed": 3, "boxes": [[2, 2, 20, 6]]}]}"#, to: "wide.json")
    try refused(
      "wide.json: pictures.0.boxes.0, [2, 2, 20, 6], is no box within a picture of 16 x 16 pixels: x and y count from 0 at "
        + "the upper left, and width and height are at least 1", code: 1, "--drop", "--boxes", "wide.json")
    try write(#"{"pictures": [{"seed": 3, "boxes": [[2, 2, 1, 1]]}]}"#, to: "small.json")
    try refused(
      "no position of the 8 x 8 of generator.main.3 lies in the object, so the regression has nothing to tell apart: take "
        + "another --layer, or other boxes", code: 1, "--drop", "--boxes", "small.json")
    try refused(
      "a sheet of 100 pictures of 16 x 16 x 3 with and without the maps is too large: take a smaller --drop-shown or "
        + "--scale", "--drop", "--boxes", "boxes.json", "--drop-shown", "100", "--scale", "32")
    #expect(!FileManager.default.fileExists(atPath: program.folder.file("drop.png")))
  }

  @Test("A file without G, and one with a NaN, are told in a sentence")
  func files() throws {
    try prepare()
    let path = program.folder.file("run/checkpoints/step-00000002/model.safetensors")
    let file = try SafetensorsReader(path: path)
    func copy(to name: String, of beginning: String, spoils: Bool = false) throws {
      try Safetensors.write(
        file.tensors.filter { $0.name.hasPrefix(beginning) && $0.type != .int64 }.map { tensor in
          var numbers = try file.tensor(named: tensor.name).floats(shape: tensor.shape)
          if spoils, tensor.name == "generator.main.3.weight" { numbers[5] = .nan }
          return TensorEntry(name: tensor.name, type: .float32, shape: tensor.shape) { bytes in
            _ = bytes.bindMemory(to: Float.self).update(from: numbers)
          }
        }
          + file.tensors.filter { $0.name.hasPrefix(beginning) && $0.type == .int64 }.map {
            TensorEntry(name: $0.name, integer: try file.tensor(named: $0.name).integer())
          }, to: program.folder.file(name))
    }
    func refused(_ name: String, _ sentence: String) throws {
      let result = try program.typed([
        "visualize", "--drop", "--boxes", "boxes.json", "--checkpoint", name, "--preset", "dcgan64", "--size",
        "16", "--width", "4",
      ])
      #expect(result.code == 1 && result.sentences == ["error: \(sentence)"], "\(result.errors)")
    }
    try copy(to: "d.safetensors", of: "discriminator.")
    try refused("d.safetensors", "d.safetensors holds no generator")
    try copy(to: "nan.safetensors", of: "", spoils: true)
    try refused(
      "nan.safetensors",
      "nan.safetensors can make no pictures: its generator.main.3.weight holds numbers that are not finite, so its training "
        + "failed before this checkpoint: take an earlier one")
  }
}
