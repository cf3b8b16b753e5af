import Foundation
import Testing

/// Pictures by labels and codes, from training to `generate`, with the built program and small networks.
@Suite("Runs with conditions", .serialized) struct ConditionalRunTests {
  private let program: Program

  init() throws {
    program = try Program()
    try MadeIDX(rows: 28, columns: 28).write(to: program.folder)
  }

  private static let digits = ["--data", MadeIDX.name, "--width", "4", "--batch-size", "8"]
  private static let faces = ["--size", "16", "--width", "4", "--batch-size", "8"]
  private static let quiet = ["--sample-every", "0", "--log-every", "1"]

  @discardableResult
  private func train(_ words: [String], code: Int32 = 0, _ place: SourceLocation = #_sourceLocation) throws
    -> Program.Outcome
  {
    let result = try program.typed(["train"] + words)
    #expect(result.code == code, "\(words): \(result.errors)", sourceLocation: place)
    return result
  }

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

  /// Everything that a checkpoint holds of a run.
  private func state(_ run: String, step: Int) throws -> [Data] {
    try ["model.safetensors", "optimizer.safetensors"].map {
      try bytes("\(run)/checkpoints/step-0000000\(step)/\($0)")
    }
  }

  struct Pair: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let words: [String]
  }

  static let pairs = [
    Pair(
      testDescription: "labels, wrong and mixed ones",
      words: ["--preset", "cgan28"] + digits + [
        "--set", "conditions.wrong_labels=true", "--set", "conditions.interpolation=1",
      ]),
    Pair(testDescription: "codes", words: ["--preset", "infogan28"] + digits),
    Pair(testDescription: "hair and eyes", words: ["--preset", "cdcgan64"] + faces),
    Pair(testDescription: "a head that tells classes", words: ["--acgan"] + faces),
  ]

  @Test("A run that is stopped and resumed is the run, to the bit", arguments: pairs)
  func resume(_ pair: Pair) throws {
    try train(pair.words + Self.quiet + ["--out", "whole", "--steps", "4"])
    try train(pair.words + Self.quiet + ["--out", "parts", "--steps", "2"])
    try train(["--resume", "parts", "--steps", "4"])
    #expect(try state("whole", step: 4) == state("parts", step: 4))
    #expect(try state("parts", step: 2) != state("parts", step: 4))
  }

  @Test(
    "It is the same on two ranks", .enabled(if: Program.hasMPIRun, "needs mpirun"),
    arguments: [pairs[0], pairs[3]])
  func ranks(_ pair: Pair) throws {
    let words = pair.words + Self.quiet + ["--steps", "2", "--slices", "4"]
    try train(words + ["--out", "one"])
    try train(words + ["--out", "two", "--ranks", "2"])
    #expect(try state("one", step: 2) == state("two", step: 2))
  }

  @Test("generate takes a class of each group, or leaves it to the seed")
  func labels() throws {
    try train(Self.pairs[2].words + Self.quiet + ["--out", "run", "--steps", "1"])
    func made(_ label: String?, code: Int32 = 0) throws -> (sheet: Data, said: String) {
      let name = "sheet-\(label ?? "open").png"
      let result = try program.typed(
        ["generate", "--checkpoint", "run", "--seeds", "0-3", "--out", name]
          + (label.map { ["--label", $0] } ?? []))
      #expect(result.code == code, "\(result.errors)")
      return (code == 0 ? try bytes(name) : Data(), result.sentences.first ?? "")
    }
    let blonde = try made("hair=blonde").sheet
    #expect(try made("hair=blonde").sheet == blonde)
    #expect(try made("hair=blonde,eyes=blue").sheet == made("eyes=blue,hair=blonde").sheet)
    let others = try [made(nil), made("hair=black"), made("hair=blonde,eyes=blue")].map(\.sheet)
    #expect(Set(others + [blonde]).count == 4)
    for (label, sentence) in [
      ("hare=blonde", "there is no group \"hare\"; did you mean hair?"),
      ("hair=blond", "hair has no class \"blond\"; did you mean blonde?"),
      ("hair", "\"hair\" is not of the form group=class, as in hair=..."),
      ("hair=", "\"hair=\" is not of the form group=class, as in hair=..."),
      ("hair=blonde,", "\"\" is not of the form group=class, as in hair=..."),
      ("hair=blonde,hair=black", "hair is given twice"),
    ] {
      #expect(try made(label, code: 64).said == "error: --label \(label): \(sentence)")
    }
  }

  @Test("generate takes codes by their number, and says what they are")
  func codes() throws {
    try train(Self.pairs[1].words + Self.quiet + ["--out", "run", "--steps", "1"])
    func generate(_ label: String) throws -> Program.Outcome {
      try program(
        "generate", "--checkpoint", "run", "--seeds", "5", "--out", "\(label).png", "--label", label)
    }
    for label in ["c1=3", "c1=4", "c1=3,c2=-0.5", "c1=3,c2=0.5,c3=2"] {
      #expect(try generate(label).code == 0)
    }
    #expect(
      Set(try ["c1=3", "c1=4", "c1=3,c2=-0.5", "c1=3,c2=0.5,c3=2"].map { try bytes("\($0).png") }).count == 4)
    for (label, sentence) in [
      ("c1=10", "c1 is a whole number from 0 to 9, and \"10\" is not"),
      ("c1=1.5", "c1 is a whole number from 0 to 9, and \"1.5\" is not"),
      ("c2=11", "c2 is a number, trained from -1 to 1 and taken from -10 to 10, and \"11\" is not"),
      ("c2=nan", "c2 is a number, trained from -1 to 1 and taken from -10 to 10, and \"nan\" is not"),
      ("c4=1", "there is no group \"c4\"; did you mean c1, c2 or c3?"),
    ] {
      let result = try generate(label)
      #expect(result.code == 64)
      #expect(result.sentences.first == "error: --label \(label): \(sentence)")
    }
  }

  @Test("Labels are nothing to ask for of networks without them")
  func unlabelled() throws {
    try train(["--out", "run", "--steps", "1"] + Self.faces + Self.quiet)
    let result = try program("generate", "--checkpoint", "run", "--count", "1", "--label", "hair=black")
    #expect(result.code == 64)
    #expect(
      result.sentences == [
        "error: --label hair=black: dcgan64 was trained without labels, so there is nothing to ask for"
      ])
  }

  @Test(
    "A preset whose labels the built-in faces do not have needs data, and says so before anything is written")
  func needsData() throws {
    let result = try train(["--preset", "cgan28", "--width", "4", "--out", "run"], code: 64)
    let ofFaces: String =
      "error: cgan28 makes pictures by digit (10 classes), and the built-in faces are labelled by hair (10 classes) "
      + "and eyes (6 classes): give --data, such as --data train-images-idx3-ubyte.gz with MNIST's labels beside it, "
      + "or take --preset cdcgan64"
    #expect(result.sentences.first == ofFaces)
    #expect(!FileManager.default.fileExists(atPath: path("run")))
    try FileManager.default.removeItem(atPath: path("my-labels-idx1-ubyte"))
    let bare = try train(["--preset", "cgan28", "--out", "run"] + Self.digits, code: 64)
    let ofNoLabels: String =
      "error: cgan28 makes pictures by labels, and \(path(MadeIDX.name)) has none: give --labels FILE.csv "
      + "(file,group,...), --labels folders, or put labels.csv into the folder"
    #expect(bare.sentences.first == ofNoLabels)
    // Its codes need none.
    try train(["--preset", "infogan28", "--out", "coded", "--steps", "1"] + Self.digits + Self.quiet)
  }

  @Test("Labels of the data that are not the networks' are named")
  func otherLabels() throws {
    let shown = try program("presets", "cgan28", "--json", "--width", "4")
    _ = try program.folder.file("mine.json", shown.output)
    let own = ["--architecture", "mine.json", "--config", "mine.json", "--batch-size", "8", "--steps", "1"]
    try train(own + ["--data", MadeIDX.name, "--out", "same"] + Self.quiet)
    try MadeIDX(rows: 28, columns: 28, largest: 11).write(to: program.folder)
    let other = try train(own + ["--data", MadeIDX.name, "--out", "run"], code: 1)
    #expect(
      other.sentences.contains(
        "error: cgan28 makes pictures by digit (10 classes), and the labels of \(path(MadeIDX.name)) are class (12 "
          + "classes): the groups of \"conditions\" and those of the data must be the same, in the same order"
      ))
    let changed = shown.output.replacingOccurrences(of: "\"9\"", with: "\"nine\"")
    _ = try program.folder.file("mine.json", changed)
    try MadeIDX(rows: 28, columns: 28).write(to: program.folder)
    let renamed = try train(own + ["--data", MadeIDX.name, "--out", "run"], code: 1)
    #expect(
      renamed.sentences.contains(
        "error: cgan28 knows 10 classes of digit, and \(path(MadeIDX.name)) has 10 that are not the same: \"9\" is not "
          + "among the networks'"))
  }

  @Test(
    "What the networks cannot learn is refused",
    arguments: [
      (
        ["--set", "conditions.wrong_labels=true"],
        "conditions.wrong_labels needs networks whose discriminator is told the labels, and dcgan64's is not: take a preset "
          + "such as cgan28 or cdcgan64"
      ),
      (
        ["--set", "conditions.interpolation=1"],
        "conditions.interpolation needs networks that take labels, and dcgan64 takes none: take a preset such as cgan28 or "
          + "cdcgan64"
      ),
      (["--set", "conditions.beta=1.5"], "conditions.beta must be a number from 0 to 1, and is 1.5"),
      (
        ["--acgan", "--set", "conditions.wrong_labels=true"],
        "conditions.wrong_labels needs networks whose discriminator is told the labels, and dcgan64's is not: take a preset "
          + "such as cgan28 or cdcgan64"
      ),
    ])
  func settings(words: [String], sentence: String) throws {
    let result = try train(words + Self.faces + ["--out", "run"], code: 64)
    #expect(result.sentences.first == "error: \(sentence)")
  }

  @Test("A head that tells classes stays on a resume")
  func acganStays() throws {
    try train(["--out", "run", "--steps", "1"] + Self.faces + Self.quiet)
    let result = try train(["--resume", "run", "--acgan", "--steps", "2"], code: 64)
    #expect(
      result.sentences.first
        == "error: --acgan cannot change on a resume, as it changes numbers: the run has false, and true was given"
    )
  }
}
