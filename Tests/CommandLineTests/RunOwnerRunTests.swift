import Foundation
import Testing

/// Two starts for one folder, and folders and data that are moved, as a user meets them.
@Suite("A run's folder and its owner, with the program") struct RunOwnerRunTests {
  let program: Program

  init() throws { program = try Program() }

  private static let small = [
    "--width", "8", "--size", "16", "--batch-size", "16", "--sample-every", "0", "--threads", "1",
  ]

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

  /// A run that has made its first steps and goes on.
  private func running(_ words: [String], environment: [String: String] = [:]) throws -> Program.Running {
    let lines = exists("X/metrics.jsonl") ? try text("X/metrics.jsonl").count : 0
    let run = try program.start(["train", "--log-every", "1"] + words, environment: environment)
    #expect(run.reaches { ((try? text("X/metrics.jsonl"))?.count ?? 0) > lines + 200 }, "\(run.said)")
    return run
  }

  @Test("A second start, however it asks for the folder, is refused, and the first one's files are its own")
  func second() throws {
    let first = try running(["--out", "X", "--resume", "auto", "--steps", "1000000"] + Self.small)
    let before = try text("X/options.json")
    // What the first is writing must not be cleared away as a dead run's rest.
    let hidden = "X/checkpoints/.step-00000099.tmp-1"
    _ = try program.folder.file(hidden + "/model.safetensors", "half")
    for words in [
      ["--out", "X", "--resume", "auto", "--seed", "2"] + Self.small, ["--resume", "X"],
      ["--out", "X", "--overwrite"] + Self.small, ["--out", "X"] + Self.small,
    ] {
      let result = try program.typed(["train"] + words)
      #expect(result.code == 1)
      #expect(
        result.sentences.count == 1
          && result.errors.contains("error: X belongs to a run that goes on: process "),
        "\(result.errors)")
      #expect(!result.errors.contains("to go on"))
    }
    #expect(exists(hidden + "/model.safetensors"))
    first.send(SIGINT)
    #expect(try first.end().code == 0)
    #expect(try text("X/options.json") == before)
    #expect(!exists("X/owner-00000001.json"))
    let again = try program.typed(["train", "--resume", "X", "--more-minutes", "0.001"])
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test("What a killed run left is taken over at once")
  func killed() throws {
    let first = try running(["--out", "X", "--steps", "1000000", "--checkpoint-every", "2"] + Self.small)
    #expect(first.reaches { exists("X/checkpoints/latest") })
    first.send(SIGKILL)
    _ = try first.end()
    #expect(exists("X/owner-00000001.json"))
    let result = try program.typed(["train", "--resume", "X", "--more-minutes", "0.001"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("has ended; its folder X is taken over"))
    #expect(!exists("X/owner-00000002.json"))
  }

  @Test("A run whose folder is removed or moved saves what it has beside it, and can go on from there")
  func folderGone() throws {
    let first = try running(["--out", "X", "--steps", "1000000"] + Self.small)
    try FileManager.default.moveItem(atPath: path("X"), toPath: path("away"))
    let result = try first.end()
    #expect(result.code == 1)
    let last = try #require(result.sentences.last)
    #expect(last.hasPrefix("error: the run's folder X is gone (moved or removed while the run went on)"))
    #expect(result.sentences.dropLast().last == "to go on: dcgan-dist train --resume X.rescued-1")
    #expect(!exists("X"))
    let name = try text("X.rescued-1/checkpoints/latest").trimmingCharacters(in: .newlines)
    let step = try #require(Int(name.dropFirst(5)))
    #expect(last.hasSuffix("by step \(step) is saved in X.rescued-1"))
    #expect(try text("X.rescued-1/metrics.jsonl").split(separator: "\n").count == step)
    // It goes on as a run that nothing happened to.
    let on = try program.typed(["train", "--resume", "X.rescued-1", "--steps", "\(step + 2)"])
    #expect(on.code == 0, "\(on.errors)")
    let whole = try program.typed(["train", "--out", "whole", "--steps", "\(step + 2)"] + Self.small)
    #expect(whole.code == 0)
    let newest = try text("whole/checkpoints/latest").trimmingCharacters(in: .newlines)
    for file in ["model.safetensors", "optimizer.safetensors"] {
      #expect(
        try bytes("X.rescued-1/checkpoints/\(newest)/\(file)") == bytes("whole/checkpoints/\(newest)/\(file)")
      )
    }
  }

  @Test("What is said to be saved is: the step of the checkpoint, though another step was made since")
  func stepOfTheRescue() throws {
    let often = ["--out", "X", "--steps", "1000000", "--checkpoint-every", "1"]
    let first = try running(often + Self.small)
    try FileManager.default.moveItem(atPath: path("X"), toPath: path("away"))
    let result = try first.end()
    #expect(result.code == 1)
    let name = try text("X.rescued-1/checkpoints/latest").trimmingCharacters(in: .newlines)
    let step = try #require(Int(name.dropFirst(5)))
    #expect(
      result.sentences.last?.hasSuffix("by step \(step) is saved in X.rescued-1") == true, "\(result.errors)")
  }

  @Test(
    "Every rank of a run that was saved beside its lost folder names the new place",
    .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func everyRankNamesTheRescue() throws {
    let first = try running(["--out", "X", "--steps", "1000000", "--ranks", "2"] + Self.small)
    try FileManager.default.moveItem(atPath: path("X"), toPath: path("away"))
    let result = try first.end()
    #expect(result.code == 1)
    let line = "to go on: dcgan-dist train --resume X.rescued-1 --ranks 2"
    #expect(result.sentences.dropLast().last == line, "\(result.errors)")
    let log = try text("away/logs/rank-0001.log")
    #expect(log.contains(line) && !log.contains("--resume X "), "\(log)")
  }

  @Test("Options that were edited by hand are named and refused")
  func editedOptions() throws {
    let made = try program.typed(["train", "--out", "X", "--steps", "2"] + Self.small)
    #expect(made.code == 0)
    let before = try text("X/options.json")
    for (own, edited, what) in [
      ("\"learning_rate\": 0.0002", "\"learning_rate\": 0.0004", "learning_rate is 0.0004"),
      ("\"seed\": 1,", "\"seed\": 2,", "seed is 2"),
      ("\"mirror\": false", "\"mirror\": true", "mirror is true"),
    ] {
      let text = before.replacingOccurrences(of: own, with: edited)
      #expect(text != before, "\(own)")
      _ = try program.folder.file("X/options.json", text)
      let result = try program.typed(["train", "--resume", "X", "--steps", "4"])
      #expect(result.code == 1)
      #expect(
        result.errors.contains(what) && result.errors.contains("was trained with")
          && result.errors.contains("the file was edited, or is another run's"), "\(result.errors)")
      // Nothing was changed by the attempt.
      #expect(try self.text("X/options.json") == text)
    }
    // What may change may be edited.
    _ = try program.folder.file(
      "X/options.json", before.replacingOccurrences(of: "\"keep\": 3", with: "\"keep\": 5"))
    #expect(try program.typed(["train", "--resume", "X", "--steps", "3"]).code == 0)
  }

  @Test("A run goes on where its pictures were moved to, and ends as one whose pictures stayed")
  func movedData() throws {
    #expect(try program("data", "faces", "--count", "40", "--size", "16", "--out", "pictures").code == 0)
    let data = ["--data", "pictures"]
    #expect(try program.typed(["train", "--out", "whole", "--steps", "4"] + data + Self.small).code == 0)
    #expect(try program.typed(["train", "--out", "X", "--steps", "2"] + data + Self.small).code == 0)
    try FileManager.default.moveItem(atPath: path("pictures"), toPath: path("elsewhere"))
    let lost = try program.typed(["train", "--resume", "X", "--steps", "4"])
    #expect(lost.code == 1)
    #expect(lost.errors.contains("which is not there any more: say by --data where it is now"))
    let found = try program.typed(["train", "--resume", "X", "--steps", "4", "--data", "elsewhere"])
    #expect(found.code == 0, "\(found.errors)")
    for file in ["model.safetensors", "optimizer.safetensors"] {
      let name = "checkpoints/step-00000004/\(file)"
      #expect(try bytes("X/\(name)") == bytes("whole/\(name)"))
    }
    // It is recorded, so that the next resume finds it.
    #expect(try program.typed(["train", "--resume", "X", "--steps", "5"]).code == 0)
  }

  @Test("Of data that is another, the first picture that differs is named")
  func otherPictures() throws {
    #expect(try program("data", "faces", "--count", "40", "--size", "16", "--out", "pictures").code == 0)
    let made = try program.typed(["train", "--out", "X", "--steps", "2", "--data", "pictures"] + Self.small)
    #expect(made.code == 0)
    #expect(try text("X/data.tsv").hasPrefix("bytes\thair\teyes\tfile\n"))
    #expect(try text("X/data.tsv").split(separator: "\n").count == 41)
    func refused(_ sentence: String) throws {
      let result = try program.typed(["train", "--resume", "X", "--steps", "4"])
      #expect(result.code == 1)
      #expect(result.errors.contains(sentence), "\(result.errors)")
    }
    // Another class of one picture.
    let labels = try text("pictures/labels.csv")
    var lines = labels.split(separator: "\n").map(String.init)
    let hair = lines[8].split(separator: ",")[1]
    lines[8] = lines[8].replacingOccurrences(of: ",\(hair),", with: hair == "blonde" ? ",brown," : ",blonde,")
    _ = try program.folder.file("pictures/labels.csv", lines.joined(separator: "\n") + "\n")
    try refused("40 pictures, as then; the first that differs is number 8: 00007.png")
    _ = try program.folder.file("pictures/labels.csv", labels)
    // One picture more, without a class in the file: the folder's labels are refused before the data is.
    try FileManager.default.removeItem(atPath: path("pictures/00039.png"))
    lines = labels.split(separator: "\n").map(String.init)
    _ = try program.folder.file("pictures/labels.csv", lines.dropLast().joined(separator: "\n") + "\n")
    try refused("it had 40 pictures and now has 39; the first that is missing is number 40, 00039.png")
  }
}
