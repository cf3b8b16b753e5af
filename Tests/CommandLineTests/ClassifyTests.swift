import Checkpoints
import Drawing
import Foundation
import TestSupport
import Testing

/// `classify` with the built program and small networks.
@Suite("Classifying by D's features", .serialized) struct ClassifyTests {
  private let program: Program

  init() throws { program = try Program() }

  private func run(_ words: [String], environment: [String: String] = [:]) throws -> Program.Outcome {
    try program.typed(words, environment: environment)
  }

  private func succeed(_ words: [String], _ place: SourceLocation = #_sourceLocation) throws
    -> Program.Outcome
  {
    let result = try run(words)
    #expect(result.code == 0, "\(words): \(result.errors)", sourceLocation: place)
    return result
  }

  private static let small = [
    "--size", "16", "--width", "4", "--batch-size", "8", "--threads", "1", "--sample-every", "0", "--steps",
    "1",
  ]

  /// A run of one step, and a folder of 120 faces with labels of hair and eyes.
  private func prepare(_ words: [String] = []) throws {
    _ = try succeed(["data", "faces", "--count", "120", "--size", "16", "--out", "pictures"])
    _ = try succeed(["train", "--data", "pictures", "--out", "run"] + Self.small + words)
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func classify(_ words: [String] = []) -> [String] {
    ["classify", "--checkpoint", "run", "--data", "pictures", "--threads", "1"] + words
  }

  @Test("The report has every kind of features, the same on two ranks, and the files fit it")
  func reports() throws {
    try prepare()
    let asked = classify([
      "--group", "hair", "--few-labels", "20,60,100000", "--draws", "2", "--features", "deep/f.safetensors",
      "--confusion", "deep/c.png", "--json",
    ])
    let one = try succeed(asked)
    #expect(one.errors.contains("note: --few-labels 100000 is left out, as there are "))
    let report = try json(one.output)
    let (trained, tested) = (report["train_pictures"] as? Int, report["test_pictures"] as? Int)
    #expect((trained ?? 0) + (tested ?? 0) == 120 && (20...40).contains(tested ?? 0))
    #expect(report["group"] as? String == "hair")
    let rows = try #require(report["features"] as? [[String: Any]])
    #expect(
      rows.compactMap { $0["name"] as? String } == [
        "D, trained", "D, random", "raw pixels", "patches, k-means",
      ])
    // Maps of 8 x 8 and 4 x 4 with 4 and 8 channels.
    #expect(rows.compactMap { $0["count"] as? Int }.prefix(3) == [192, 192, 768])
    for row in rows {
      let accuracy = try #require(row["accuracy"] as? Double)
      let interval = try #require(row["interval"] as? [Double])
      #expect(interval[0] <= accuracy && accuracy <= interval[1])
      let confusion = try #require(row["confusion"] as? [[Int]])
      let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
      #expect(confusion.flatMap { $0 }.reduce(0, +) == tested)
      #expect(abs(Double(right) / Double(tested ?? 1) - accuracy) < 1e-12)
      // More labels than there are pictures are left out.
      let few = try #require(row["few_labels"] as? [[String: Any]])
      #expect(few.compactMap { $0["labels"] as? Int } == [20, 60])
      #expect(few.allSatisfy { ($0["accuracies"] as? [Double])?.count == 2 })
    }
    // Hair colours are easy to see: better than a guess among ten.
    #expect((rows[2]["accuracy"] as? Double ?? 0) > 0.2)

    let file = try SafetensorsReader(path: program.folder.file("deep/f.safetensors"))
    #expect(
      file.tensors.map(\.name).sorted() == [
        "means", "scales", "test.features", "test.labels", "train.features", "train.labels",
      ])
    #expect(file.metadata["group"] == "hair")
    #expect(file.tensors.first { $0.name == "train.features" }?.shape == [trained ?? 0, 192])
    let table = try Raster(contentsOf: program.folder.file("deep/c.png"))
    #expect(table.width > 200 && table.height > 200)

    let two = try succeed(asked + ["--ranks", "2"])
    #expect(two.output == one.output)

    let text = try succeed(classify(["--baselines", "pixels", "--c", "0.01", "--group", "eyes"]))
    #expect(
      text.output.contains("classes of eyes") && text.output.contains("raw pixels")
        && !text.output.contains("random"))
    #expect(text.sentences.contains { $0.hasPrefix("D, trained: features: 120 pictures in ") })
  }

  @Test("Folders as classes, with a test part of its own whose classes are named in another order")
  func folders() throws {
    try prepare()
    for (part, names) in [("train", ["ash", "birch"]), ("test", ["birch", "ash"])] {
      for (place, name) in names.enumerated() {
        let folder = program.folder.file("sets/\(part)/\(name)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for index in 0..<12 {
          try Raster(
            width: 16, height: 16, fill: Colour(gray: UInt8((name == "ash" ? 40 : 200) + index + place))
          )
          .writePNG(to: "\(folder)/\(index).png")
        }
      }
    }
    let sets = [
      "classify", "--checkpoint", "run", "--data", "sets/train", "--test", "sets/test", "--threads", "1",
    ]
    let result = try succeed(sets + ["--labels", "folders", "--baselines", "pixels", "--json"])
    let rows = try #require(try json(result.output)["features"] as? [[String: Any]])
    #expect(rows[1]["accuracy"] as? Double == 1)

    let extra = program.folder.file("sets/test/cedar")
    try FileManager.default.createDirectory(atPath: extra, withIntermediateDirectories: true)
    try Raster(width: 16, height: 16).writePNG(to: "\(extra)/0.png")
    try refused(
      "sets/test has the class \"cedar\" of class, which the train pictures have not",
      sets + ["--labels", "folders"], code: 1)
    try refused(
      "sets/train has no labels, and a classifier needs them: give --labels FILE.csv (file,group,...) or --labels folders, "
        + "or put labels.csv into the folder", sets, code: 1)
  }

  private func refused(
    _ sentence: String, _ words: [String], code: Int32 = 64, environment: [String: String] = [:],
    place: SourceLocation = #_sourceLocation
  ) throws {
    let result = try run(words, environment: environment)
    #expect(result.code == code && result.output.isEmpty, "\(result.errors)", sourceLocation: place)
    #expect(result.sentences.first == "error: \(sentence)", sourceLocation: place)
  }

  @Test("Mistakes are told in a sentence each")
  func mistakes() throws {
    try prepare()
    try refused("--group tail: the labels of pictures are hair, eyes", classify(["--group", "tail"]))
    try refused(
      "--test names the test pictures and --held-out takes some of --data: leave one out",
      classify(["--test", "pictures", "--held-out", "0.1"]))
    try refused("--held-out must be a share between 0 and 1, and is 1.0", classify(["--held-out", "1"]))
    try refused(
      "--baselines: there is no \"forest\"; it takes 'none', or some of random, pixels and patches with commas between them",
      classify(["--baselines", "pixels,forest"]))
    try refused("--baselines names pixels twice", classify(["--baselines", "pixels,random,pixels"]))
    try refused(
      "The value '60,20,60' is invalid for '--few-labels <list>': it names a number twice.",
      classify(["--few-labels", "60,20,60"]))
    try refused("--test-labels is of --test, which was not given", classify(["--test-labels", "folders"]))
    try refused("--c must be a number above 0 and at most 1e6, and is 0.0", classify(["--c", "0"]))
    try refused(
      "--confusion c.jpg: the table is drawn as a PNG file, so its name must end in .png",
      classify(["--confusion", "c.jpg"]))
    try refused(
      "--checkpoint: there is nothing at none",
      ["classify", "--checkpoint", "none", "--data", "pictures"], code: 1)
    // An empty file in the place of the library is what an installation without it comes down to.
    let empty = program.folder.file("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    for name in ["liblinear.so.4", "liblinear.so.5", "liblinear.so.6", "liblinear.so"] {
      try Data().write(to: URL(fileURLWithPath: "\(empty)/\(name)"))
    }
    let libraries = [empty, ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? ""].joined(
      separator: ":")
    try refused(
      "linear models need LIBLINEAR (liblinear.so.4 cannot be opened): install it, on Debian or Ubuntu with: "
        + "apt-get install liblinear-dev", classify(), code: 1, environment: ["LD_LIBRARY_PATH": libraries])
  }

  @Test("Models of the wrong kind are told apart: no D, D with labels, weights that are not finite")
  func wrongModels() throws {
    try prepare()
    let model = program.folder.file("run/checkpoints/step-00000001/model.safetensors")
    let file = try SafetensorsReader(path: model)
    let networks = ["--preset", "dcgan64", "--size", "16", "--width", "4"]
    func entries(_ change: (String, inout [Float]) -> Bool) throws -> [TensorEntry] {
      try file.tensors.compactMap { tensor in
        guard tensor.type == .float32 else {
          var none: [Float] = []
          guard change(tensor.name, &none) else { return nil }
          return TensorEntry(name: tensor.name, integer: try file.tensor(named: tensor.name).integer())
        }
        var numbers = try file.tensor(named: tensor.name).floats(shape: tensor.shape)
        guard change(tensor.name, &numbers) else { return nil }
        let kept = numbers
        return TensorEntry(name: tensor.name, type: .float32, shape: tensor.shape) { bytes in
          kept.withUnsafeBytes { bytes.copyMemory(from: $0) }
        }
      }
    }
    try Safetensors.write(
      try entries { name, _ in name.hasPrefix("generator.") }, to: program.folder.file("g.safetensors"))
    try refused(
      "g.safetensors holds no discriminator",
      ["classify", "--checkpoint", "g.safetensors", "--data", "pictures"] + networks, code: 1)
    try Safetensors.write(
      try entries { name, numbers in
        if name == "discriminator.main.0.weight" { numbers[5] = .nan }
        return true
      }, to: program.folder.file("nan.safetensors"))
    try refused(
      "nan.safetensors cannot be used: its discriminator.main.0.weight holds numbers that are not finite, so its training "
        + "failed before this checkpoint: take an earlier one",
      ["classify", "--checkpoint", "nan.safetensors", "--data", "pictures"] + networks, code: 1)
    _ = try succeed(
      ["train", "--preset", "cdcgan64", "--data", "pictures", "--out", "labelled"] + Self.small)
    try refused(
      "D of cdcgan64 is given the labels with each picture, so its features would tell the class by the label: take a D "
        + "that is trained without labels, or with --acgan",
      ["classify", "--checkpoint", "labelled", "--data", "pictures"], code: 1)
  }
}
