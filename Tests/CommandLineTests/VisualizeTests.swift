import Checkpoints
import Drawing
import Foundation
import TestSupport
import Testing

/// `visualize` with the built program and small networks.
@Suite("What filters of D see", .serialized) struct VisualizeTests {
  private let program: Program

  init() throws { program = try Program() }

  /// A run whose D has convolutions of 4 and of 8 filters, and 70 faces.
  private func prepare(_ words: String...) throws {
    try succeed(
      ["train"] + words + [
        "--size", "16", "--width", "4", "--batch-size", "8", "--threads", "1", "--sample-every", "0",
        "--steps", "2", "--out", "run",
      ])
    try succeed(["data", "faces", "--count", "70", "--size", "16", "--out", "pictures"])
  }

  @discardableResult
  private func succeed(
    _ words: [String], _ place: SourceLocation = #_sourceLocation
  ) throws -> Program.Outcome {
    let result = try program.typed(words)
    #expect(result.code == 0, "\(words): \(result.errors)", sourceLocation: place)
    return result
  }

  private func refused(
    _ sentence: String, code: Int32 = 64, _ words: String..., place: SourceLocation = #_sourceLocation
  ) throws {
    let result = try program.typed(["visualize", "--data", "pictures"] + words)
    #expect(result.code == code && result.output.isEmpty, "\(result.errors)", sourceLocation: place)
    #expect(result.sentences.first == "error: \(sentence)", sourceLocation: place)
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: program.folder.file(path)))
  }

  private static let model = "run/checkpoints/step-00000002/model.safetensors"

  /// Copies the tensors of the run's checkpoint whose names begin with `beginning`, as `change` leaves them.
  private func copy(
    to name: String, of beginning: String,
    change: (_ name: String, _ numbers: inout [Float]) -> Void = { _, _ in }
  ) throws {
    let file = try SafetensorsReader(path: program.folder.file(Self.model))
    var kept: [(TensorDescription, [Float])] = []
    var entries: [TensorEntry] = []
    for tensor in file.tensors where tensor.name.hasPrefix(beginning) {
      let stored = try file.tensor(named: tensor.name)
      if tensor.type == .int64 {
        entries.append(TensorEntry(name: tensor.name, integer: try stored.integer()))
      } else {
        var numbers = try stored.floats(shape: tensor.shape)
        change(tensor.name, &numbers)
        kept.append((tensor, numbers))
      }
    }
    entries += kept.map { tensor, numbers in
      TensorEntry(name: tensor.name, type: .float32, shape: tensor.shape) { bytes in
        _ = bytes.bindMemory(to: Float.self).update(from: numbers)
      }
    }
    try Safetensors.write(entries, to: program.folder.file(name))
  }

  @Test("A sheet, and a file with the pictures and gradients of the trained D")
  func sheet() throws {
    try prepare()
    let said = try succeed([
      "visualize", "--checkpoint", "run", "--data", "pictures", "--pictures", "3", "--out", "deep/sheet.png",
      "--raw", "raw.safetensors", "--json",
    ])
    let object = try json(said.output)
    #expect(object["layer"] as? String == "discriminator.main.2" && object["maps"] as? [Int] == [4, 4, 8])
    #expect(object["filters"] as? [Int] == Array(0..<6) && object["among"] as? Int == 70)
    let trained = try #require(object["trained"] as? [[[String: Any]]])
    let random = try #require(object["random"] as? [[[String: Any]]])
    #expect(trained.count == 6 && random.count == 6)
    let count = trained.joined().count
    #expect(count > 6)
    for row in trained + random {
      let values = row.compactMap { $0["value"] as? Double }
      #expect(values == values.sorted(by: >) && values.allSatisfy { $0 > 0 } && values.count <= 3)
      #expect(Set(row.compactMap { $0["picture"] as? Int }).count == row.count)
    }
    // Each pixel of 16 is drawn as 6 x 6, so that pictures are 96: six rows of two, two blocks of three.
    let sheet = try Raster(contentsOf: program.folder.file("deep/sheet.png"))
    #expect(sheet.width > 2 * 3 * 96 + 30 && sheet.height > 6 * 2 * 96 + 30)
    #expect(sheet.width < 2 * 3 * 96 + 200 && sheet.height < 6 * 2 * 96 + 250)

    let raw = try SafetensorsReader(path: program.folder.file("raw.safetensors"))
    let shapes = Dictionary(uniqueKeysWithValues: raw.tensors.map { ($0.name, $0.shape) })
    #expect(
      shapes == [
        "pictures": [count, 3, 16, 16], "gradients": [count, 3, 16, 16], "values": [count],
        "filter": [count], "picture": [count], "position": [count, 2],
      ])
    let values = try raw.tensor(named: "values").floats(shape: [count])
    #expect(values == trained.joined().compactMap { ($0["value"] as? Double).map(Float.init) })
    let gradients = try raw.tensor(named: "gradients").floats(shape: [count, 3, 16, 16])
    #expect(gradients.contains { $0 != 0 } && gradients.allSatisfy(\.isFinite))
    let pictures = try raw.tensor(named: "pictures").floats(shape: [count, 3, 16, 16])
    #expect(pictures.allSatisfy { (-1.001...1.001).contains($0) } && pictures.contains { $0 < 0 })

    // The first picture of the sheet is the picture that is named first.
    let first = try #require(trained[0].first?["picture"] as? Int)
    let names = try Scratch.names(in: program.folder.file("pictures")).filter { $0.hasSuffix(".png") }
    let face = try Raster(contentsOf: program.folder.file("pictures/\(names[first])")).enlarged(by: 6)
    let isThere = (0..<sheet.height - 96).contains { y in
      sheet[60, y] != .white
        && (20..<60).contains { x in sheet.cropped(x: x, y: y, width: 96, height: 96) == face }
    }
    #expect(isThere)
  }

  @Test("The same files on two ranks", .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func ranks() throws {
    try prepare()
    func made(_ words: String...) throws -> [Data] {
      let said = try succeed(
        [
          "visualize", "--checkpoint", "run", "--data", "pictures", "--filters", "7,0-1", "--seed", "3",
          "--out",
          "sheet.png", "--raw", "raw.safetensors", "--json",
        ] + words)
      return [Data(said.output.utf8), try bytes("sheet.png"), try bytes("raw.safetensors")]
    }
    let one = try made("--threads", "2")
    #expect(try made("--ranks", "2", "--threads", "1") == one)
  }

  @Test("A layer by its number or name; filters that nothing excites are said, and grey")
  func layers() throws {
    try prepare()
    func printed(_ words: String...) throws -> [String: Any] {
      try json(
        try succeed(["visualize", "--checkpoint", "run", "--data", "pictures", "--json"] + words).output)
    }
    let byNumber = try printed("--layer", "0")
    #expect(
      byNumber["layer"] as? String == "discriminator.main.0" && byNumber["maps"] as? [Int] == [8, 8, 4])
    // It has four filters, and six are looked into where there are as many.
    #expect(byNumber["filters"] as? [Int] == [0, 1, 2, 3])
    let byName = try printed("--layer", "discriminator.main.0")
    #expect(NSDictionary(dictionary: byName) == NSDictionary(dictionary: byNumber))

    try copy(to: "dark.safetensors", of: "") { name, numbers in
      if name == "discriminator.main.3.bias" { numbers[2] = -1_000 }
    }
    let dark = try succeed([
      "visualize", "--checkpoint", "dark.safetensors", "--preset", "dcgan64", "--size", "16", "--width", "4",
      "--data", "pictures", "--filters", "2", "--pictures", "4", "--scale", "2", "--raw", "none.safetensors",
    ])
    #expect(dark.output.isEmpty)
    #expect(
      dark.sentences.filter { !$0.hasPrefix("filters of") } == [
        "wrote filters.png: 1 filter of discriminator.main.2 of dcgan64, among 70 pictures",
        "filter 2 of the trained D: no picture excites it: its maps are nowhere above 0",
        "wrote none.safetensors: 0 pictures with gradients",
      ])
    let sheet = try Raster(contentsOf: program.folder.file("filters.png"))
    let grey = sheet.bytes.count { $0 == 128 }
    #expect(grey > 4 * 2 * 32 * 32 * 3 / 2)
    #expect(
      try SafetensorsReader(path: program.folder.file("none.safetensors")).tensor(named: "pictures").shape
        == [0, 3, 16, 16])
  }

  @Test("What cannot be is told in a sentence")
  func errors() throws {
    try prepare()
    let run = "--checkpoint"
    let layers =
      "D of dcgan64 has no such convolution before its output; it has discriminator.main.0 (8 x 8 x 4) and "
      + "discriminator.main.2 (4 x 4 x 8)"
    try refused("--layer 3: \(layers)", run, "run", "--layer", "3")
    try refused("--layer generator.main.0: \(layers)", run, "run", "--layer", "generator.main.0")
    // The last one is D's output.
    try refused("--layer 5: \(layers)", run, "run", "--layer", "5", "--ranks", "2")
    try refused(
      "--filters: discriminator.main.2 has 8 filters, 0 to 7, and no 8", run, "run", "--filters", "0-8")
    try refused("--filters 1,0-3 names 1 twice", run, "run", "--filters", "1,0-3")
    try refused(
      "--filters takes numbers and ranges from 0 on, as 0-63,99, and was given \"a\": \"a\" is neither", run,
      "run", "--filters", "a")
    try refused("--pictures must be a whole number from 1 to 100, and is 0", run, "run", "--pictures", "0")
    try refused("--scale must be a whole number from 1 to 32, and is 33", run, "run", "--scale", "33")
    try refused("--ranks must be a whole number from 1 to 65536, and is 0", run, "run", "--ranks", "0")
    try refused("--threads must be a whole number from 1 to 1024, and is 0", run, "run", "--threads", "0")
    try refused(
      "--out a.jpg: the sheet is a PNG file, so its name must end in .png", run, "run", "--out", "a.jpg")
    try refused(
      "--raw run is a folder, and the numbers go into one file: name a file in it", run, "run", "--raw", "run"
    )
    try refused(
      "a sheet of 8 filters with 100 pictures each, 102,862 x 8,357 pixels, is too large: take fewer --filters or "
        + "--pictures, or a smaller --scale", run, "run", "--filters", "0-7", "--pictures", "100", "--scale",
      "32")
    try refused("--checkpoint: there is nothing at none", code: 1, run, "none")
    try refused(
      "D of vanilla has no convolution before its output, and so no filters to look into", code: 1, run,
      "run",
      "--preset", "vanilla", "--ranks", "2")
    let networks = ["--preset", "dcgan64", "--size", "16", "--width", "4"]
    func bare(_ file: String, _ sentence: String) throws {
      let result = try program.typed(["visualize", "--data", "pictures", "--checkpoint", file] + networks)
      #expect(result.code == 1 && result.sentences == ["error: \(sentence)"], "\(result.errors)")
    }
    try copy(to: "g.safetensors", of: "generator.")
    try bare("g.safetensors", "g.safetensors holds no discriminator")
    try copy(to: "nan.safetensors", of: "") { name, numbers in
      if name == "discriminator.main.2.weight" { numbers[5] = .nan }
    }
    try bare(
      "nan.safetensors",
      "nan.safetensors cannot be used: its discriminator.main.2.weight holds numbers that are not finite, so its training "
        + "failed before this checkpoint: take an earlier one")
    #expect(!FileManager.default.fileExists(atPath: program.folder.file("filters.png")))
    let missing = try program.typed(["visualize", "--checkpoint", "run", "--data", "nowhere"])
    #expect(missing.code == 1 && missing.sentences.count == 1, "\(missing.errors)")
  }

  @Test("A D that is given labels is refused")
  func labels() throws {
    try prepare("--preset", "cdcgan64")
    try refused(
      "D of cdcgan64 is given the labels with each picture, and here it is shown pictures alone: take a D that is trained "
        + "without labels, or with --acgan", code: 1, "--checkpoint", "run")
  }

  @Test("The help has examples") func help() throws {
    let help = try succeed(["visualize", "--help"]).output
    #expect(help.contains("dcgan-dist visualize --checkpoint runs/cartoons --data faces"))
  }
}
