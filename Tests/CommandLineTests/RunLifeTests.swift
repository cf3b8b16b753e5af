import Configuration
import Foundation
import Options
import Recipes
import Reporting
import Testing

/// What becomes of a run that is stopped, killed, damaged, replaced or led astray, with the built program and
/// small networks.
@Suite("The life of a run") struct RunLifeTests {
  let program: Program

  init() throws { program = try Program() }

  private static let small = ["--width", "8", "--size", "16", "--batch-size", "16", "--sample-every", "0"]

  @discardableResult
  private func train(_ words: String..., code: Int32 = 0) throws -> Program.Outcome {
    let result = try program.typed(["train"] + words)
    #expect(result.code == code, "\(words): \(result.errors)")
    return result
  }

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  private func bytes(_ run: String, step: Int, _ file: String = "model.safetensors") throws -> Data {
    let name = "step-" + String(repeating: "0", count: 8 - String(step).count) + "\(step)"
    return try Data(contentsOf: URL(fileURLWithPath: path("\(run)/checkpoints/\(name)/\(file)")))
  }

  private func newRun(_ out: String, steps: Int, _ more: String...) throws {
    let result = try program.typed(["train", "--out", out, "--steps", "\(steps)"] + Self.small + more)
    #expect(result.code == 0, "\(result.errors)")
  }

  @Test("A run that is stopped and resumed is the run, to the bit, metrics included")
  func resume() throws {
    try newRun("whole", steps: 9, "--log-every", "1")
    try newRun("parts", steps: 4, "--log-every", "1")
    try train("--resume", "parts", "--steps", "7")
    try train("--resume", "parts", "--steps", "9")
    for file in ["model.safetensors", "optimizer.safetensors"] {
      #expect(try bytes("whole", step: 9, file) == bytes("parts", step: 9, file))
    }
    // Everything but times, memory and the rate.
    func losses(_ run: String) throws -> [String] {
      try String(contentsOfFile: path("\(run)/metrics.jsonl"), encoding: .utf8).split(separator: "\n").map {
        let line = String($0)
        let start = try #require(line.range(of: "\"loss_d\""))
        let end = try #require(line.range(of: "\"comm_seconds\""))
        return String(line[start.lowerBound..<end.lowerBound])
      }
    }
    #expect(try losses("whole") == losses("parts"))
    #expect(try losses("whole").count == 9)
  }

  @Test("A resume may compute convolutions in another way, and says of which layers")
  func otherPlan() throws {
    let wide = ["--width", "16", "--size", "16", "--batch-size", "16", "--sample-every", "0"]
    let started = try program.typed(
      ["train", "--out", "run", "--steps", "2", "--convolution", "direct"] + wide)
    #expect(started.code == 0, "\(started.errors)")
    let recorded = path("run/options.json")
    #expect(try ConfigurationFile.recordedOptions(recorded).convolution == .direct)
    let quiet = try train("--resume", "run", "--steps", "3")
    #expect(!quiet.errors.contains("convolution plan"))
    let changed = try train("--resume", "run", "--steps", "4", "--convolution", "auto")
    #expect(try ConfigurationFile.recordedOptions(recorded).convolution == .auto)
    let warnings = changed.sentences.filter { $0.contains("the convolution plan of ") }
    #expect(!warnings.isEmpty)
    for warning in warnings {
      #expect(
        warning.contains("the convolution plan of generator.main.") || warning.contains("discriminator.main.")
      )
      #expect(warning.contains(" and is F(") && warning.contains("the run goes on, but not to the bit"))
    }
    // And what was changed stays.
    let after = try train("--resume", "run", "--steps", "5")
    #expect(!after.errors.contains("convolution plan"))
  }

  @Test("Another number of threads, and two ranks, end with the same bits", .enabled(if: Program.hasMPIRun))
  func ranksAndThreads() throws {
    try newRun("one", steps: 3, "--threads", "1")
    try newRun("three", steps: 3, "--threads", "3")
    try newRun("ranks", steps: 3, "--ranks", "2", "--threads", "1")
    #expect(try bytes("one", step: 3) == bytes("three", step: 3))
    #expect(try bytes("one", step: 3) == bytes("ranks", step: 3))
  }

  @Test("A damaged checkpoint is passed over for the one before, and named")
  func damaged() throws {
    try newRun("run", steps: 4, "--checkpoint-every", "2")
    let model = path("run/checkpoints/step-00000004/model.safetensors")
    let handle = try #require(FileHandle(forUpdatingAtPath: model))
    try handle.seek(toOffset: 4000)
    try handle.write(contentsOf: Data([1, 2, 3]))
    try handle.close()
    let named = try train("--resume", "run/checkpoints/step-00000004", code: 1)
    #expect(named.errors.contains("its SHA-256 does not match its manifest"))
    #expect(named.errors.contains("step-00000002"))
    let result = try train("--resume", "run", "--steps", "4")
    #expect(result.errors.contains("checkpoints/step-00000004 is damaged"))
    #expect(result.errors.contains("going on from run/checkpoints/step-00000002"))
  }

  @Test("What cannot start replaces nothing")
  func overwrite() throws {
    try newRun("run", steps: 2)
    let before = try bytes("run", step: 2)
    let result = try train("--overwrite", "--out", "run", "--data", "typo", code: 1)
    #expect(result.errors.contains("there is no folder"))
    #expect(try bytes("run", step: 2) == before)
    let refused = try train("--out", "run", code: 1)
    #expect(refused.errors.contains("run holds another run"))
  }

  @Test("A resume on other data is refused")
  func otherData() throws {
    #expect(try program("data", "faces", "--count", "40", "--size", "16", "--out", "pictures").code == 0)
    try newRun("run", steps: 2, "--data", "pictures")
    try FileManager.default.removeItem(atPath: path("pictures/00007.png"))
    let csv = try String(contentsOfFile: path("pictures/labels.csv"), encoding: .utf8)
    try csv.split(separator: "\n").filter { !$0.hasPrefix("00007") }.joined(separator: "\n")
      .write(toFile: path("pictures/labels.csv"), atomically: true, encoding: .utf8)
    let result = try train("--resume", "run", "--steps", "4", code: 1)
    #expect(result.errors.contains("it had 40 pictures and now has 39"))
    #expect(result.errors.contains("to go on: dcgan-dist train --resume run"))
  }

  @Test("A loss that is not finite stops the run, names the layer and keeps the last good checkpoint")
  func notFinite() throws {
    let result = try program.typed(
      ["train", "--out", "run", "--steps", "20", "--lr-d", "1e30", "--lr-g", "1e30"] + Self.small)
    #expect(result.code == 1)
    let last = try #require(result.sentences.last)
    #expect(last.hasPrefix("error: the loss of step 1 is not finite"))
    #expect(last.contains("discriminator.main.") && last.contains("is the first in the networks"))
    #expect(!FileManager.default.fileExists(atPath: path("run/checkpoints/latest")))
  }

  @Test("A run by the clock ends by it, says how to train longer, and has nothing left to do")
  func minutes() throws {
    let result = try program.typed(["train", "--out", "run", "--minutes", "0.01"] + Self.small)
    #expect(result.code == 0)
    #expect(result.errors.contains("to train longer: dcgan-dist train --resume run --more-minutes 0.01"))
    let latest = try String(contentsOfFile: path("run/checkpoints/latest"), encoding: .utf8)
    try train("--resume", "run")
    #expect(try String(contentsOfFile: path("run/checkpoints/latest"), encoding: .utf8) == latest)
  }

  @Test("Lengths count from the start, --more from the checkpoint, and one that is reached changes nothing")
  func lengths() throws {
    try newRun("run", steps: 3)
    func recorded() throws -> RunLength {
      try ConfigurationFile.recordedOptions(path("run/options.json")).length
    }
    let before = try String(contentsOfFile: path("run/options.json"), encoding: .utf8)
    let refused = try train("--resume", "run", "--steps", "2", code: 64)
    #expect(
      refused.sentences.last?.hasPrefix(
        "error: the run of run is at step 3, so it has reached --steps 2: that counts from the run's start.")
        == true)
    #expect(try train("--resume", "run", "--minutes", "0.0001", code: 64).errors.contains("--more-minutes"))
    #expect(try String(contentsOfFile: path("run/options.json"), encoding: .utf8) == before)
    // Its own length, reached: a script that is started again.
    #expect(
      try train("--resume", "run", "--steps", "3").errors.contains(
        "done after 3 steps, the length of the run (--steps 3)"))
    let more = try train("--resume", "run", "--more-steps", "2")
    #expect(more.errors.contains("done after 5 steps, the length of the run (--steps 5)"))
    #expect(more.errors.contains("to train longer: dcgan-dist train --resume run --more-steps 5"))
    #expect(try recorded() == RunLength(steps: 5))
    try newRun("whole", steps: 5)
    #expect(try bytes("run", step: 5) == bytes("whole", step: 5))
    let dry = try train("--resume", "run", "--more-steps", "4", "--dry-run")
    #expect(
      dry.errors.contains("goes on from run/checkpoints/step-00000005 and ends at step 9"), "\(dry.errors)")
    #expect(try recorded() == RunLength(steps: 5))
    let passes = try train("--resume", "run", "--more-epochs", "0.01")
    #expect(
      passes.errors.contains("done after 12 steps, the length of the run (--steps 12)"), "\(passes.errors)")
    for (words, sentence) in [
      (["--more-steps", "2", "--out", "new"], "need --resume, as they count from where a run is"),
      (["--resume", "run", "--more-steps", "2", "--steps", "20"], "were both given: leave one out"),
      (
        ["--resume", "run", "--more-steps", "0"],
        "--more-steps must be a whole number from 1 to 4294967295, and is 0"
      ),
      (["--resume", "run", "--more-minutes", "-1"], "--more-minutes must be a number above 0, and is -1.0"),
    ] {
      let result = try program.typed(["train"] + words)
      #expect(result.code == 64 && result.errors.contains(sentence), "\(result.errors)")
    }
    // Where auto finds no run, more counts from 0.
    let anew = try program.typed(
      ["train", "--resume", "auto", "--out", "anew", "--more-steps", "2"] + Self.small)
    #expect(anew.code == 0 && anew.errors.contains("done after 2 steps"), "\(anew.errors)")
  }

  @Test("A rate that falls goes on through a resume to the bit, and is in the metrics")
  func rates() throws {
    let schedule =
      ["--set", "discriminator.rate_schedule={kind: cosine, warmup: 2, until: 6}", "--set"]
      + ["generator.rate_schedule={kind: steps, every: 2, gamma: 0.5}", "--log-every", "1"]
    func run(_ out: String, _ steps: String) throws {
      let made = try program.typed(["train", "--out", out, "--steps", steps] + schedule + Self.small)
      #expect(made.code == 0, "\(made.errors)")
    }
    try run("whole", "8")
    try run("parts", "4")
    try train("--resume", "parts", "--steps", "8")
    #expect(try bytes("whole", step: 8) == bytes("parts", step: 8))
    try newRun("constant", steps: 8)
    #expect(try bytes("whole", step: 8) != bytes("constant", step: 8))
    let lines = try String(contentsOfFile: path("whole/metrics.jsonl"), encoding: .utf8).split(
      separator: "\n")
    let records = try lines.map { try MetricsRecord(jsonLine: $0) }
    let root = 0.5.squareRoot()
    let d = [0.5, 1, 1, (1 + root) / 2, 0.5, (1 - root) / 2, 0, 0],
      g = [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]
    for (place, record) in records.enumerated() {
      #expect(abs((record.lrD ?? .nan) - 2e-4 * d[place]) < 1e-15, "step \(record.step)")
      #expect(abs((record.lrG ?? .nan) - 2e-4 * g[place]) < 1e-15, "step \(record.step)")
    }
    let dry = try program.typed(["train", "--dry-run"] + schedule + Self.small)
    #expect(
      dry.errors.contains(
        "learning rates: D 0.0002, after a warm-up of 2 steps, a cosine to 0.0 at step 6; "
          + "G 0.0002, times 0.5 every 2 steps"), "\(dry.errors)")
  }

  @Test(
    "A run that ended before its first checkpoint is told so, and its resume the line that starts it again")
  func nothingSaved() throws {
    let words = ["train", "--out", "my run", "--steps", "9", "--seed", "5"] + Self.small
    let ended = try program.typed(words, environment: ["DCGAN_FAULT": "throw@rank=0,step=3"])
    #expect(ended.code == 1)
    #expect(ended.sentences.suffix(2).first == "nothing to go on from: my run holds no checkpoint")
    #expect(ended.sentences.last?.hasPrefix("error: ") == true)
    #expect(!ended.errors.contains("to go on: ") && !ended.errors.contains("--resume"))
    let log = try String(contentsOfFile: path("my run/log.txt"), encoding: .utf8)
    #expect(log.contains("nothing to go on from: my run holds no checkpoint"))

    let refused = try train("--resume", "my run", code: 1)
    #expect(refused.sentences.count == 1)
    let line = "dcgan-dist train --config 'my run/options.json' --out 'my run' --overwrite"
    #expect(
      refused.sentences.last
        == "error: --resume: my run holds no checkpoint, as the run ended before it had saved one; start it again, with "
        + "its options, by: \(line)")
    let again = try program.shell(line.replacingOccurrences(of: "dcgan-dist", with: Program.path))
    #expect(again.code == 0, "\(again.errors)")
    try newRun("whole", steps: 9, "--seed", "5")
    #expect(try bytes("my run", step: 9) == bytes("whole", step: 9))
  }

  @Test("Where every checkpoint is damaged, or the data too is gone, no line leads to them")
  func nothingValid() throws {
    try newRun("run", steps: 2)
    let model = path("run/checkpoints/step-00000002/model.safetensors")
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: model))
    let result = try train("--resume", "run", "--steps", "4", code: 1)
    #expect(result.sentences.last?.contains("run holds no checkpoint: ") == true, "\(result.errors)")
    #expect(!result.errors.contains("to go on: "))
    let named = try train("--resume", "run/checkpoints/step-00000002", "--steps", "4", code: 1)
    #expect(!named.errors.contains("to go on: "), "\(named.errors)")
  }

  @Test("A run whose checkpoints are gone is not to be gone on with", arguments: [1, 2])
  func goneCheckpoints(ranks: Int) throws {
    guard ranks == 1 || Program.hasMPIRun else { return }
    let run = try program.start(
      [
        "train", "--out", "run", "--steps", "1000000", "--checkpoint-every", "4", "--log-every", "1",
        "--ranks", "\(ranks)",
      ]
        + Self.small)
    #expect(run.reaches { run.said.contains("step 6/") }, "\(run.said)")
    // At once, as the run is writing into it.
    try FileManager.default.moveItem(atPath: path("run/checkpoints"), toPath: path("elsewhere"))
    let end = try run.end(within: 20)
    #expect(end.code == 1)
    #expect(
      end.sentences.suffix(2).first == "nothing to go on from: run holds no checkpoint", "\(end.errors)")
    #expect(end.sentences.last?.hasPrefix("error: ") == true)
    #expect(!end.errors.contains("to go on: "))
  }

  @Test("A run that goes on in another folder stands there by itself")
  func otherFolder() throws {
    try newRun("first", steps: 2)
    try train("--resume", "first", "--out", "second", "--steps", "3")
    try newRun("whole", steps: 3)
    #expect(try bytes("second", step: 3) == bytes("whole", step: 3))
    #expect(try bytes("second", step: 2) == bytes("first", step: 2))
    #expect(FileManager.default.fileExists(atPath: path("second/reals.png")))
  }
}
