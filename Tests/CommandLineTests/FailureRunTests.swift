import Configuration
import Foundation
import Testing

@Suite("Trainings that fail, told early", .serialized)
struct FailureRunTests {
  private let program: Program

  init() throws { program = try Program() }

  /// A generator that stands still, so that D wins and the pictures stay what they were.
  private static let failing = [
    "train", "--size", "16", "--width", "8", "--batch-size", "8", "--threads", "1", "--out", "run",
    "--lr-g", "1e-9", "--lr-d", "2e-3", "--sample-every", "250", "--animation", "off", "--tensorboard", "off",
  ]

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(program.folder.path)/\(path)", encoding: .utf8)
  }

  private func warnings(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { $0.contains("warning") }
  }

  @Test("By default a warning says what was seen, once a kind, and the run goes on")
  func warns() throws {
    let result = try program.typed(Self.failing + ["--steps", "1000"])
    #expect(result.code == 0, "\(result.errors)")
    for told in [result.errors, try text("run/log.txt")] {
      #expect(told.components(separatedBy: "the discriminator has won at step ").count == 2)
      #expect(told.components(separatedBy: "the pictures are still noise at step 750: ").count == 2)
      #expect(told.components(separatedBy: "hint: the discriminator has nearly won: ").count == 2)
    }
    #expect(warnings(result.errors).allSatisfy { $0.hasPrefix("warning: ") })
    // D learns at the usual rate and G hardly: the line slows D and gives G the usual rate.
    let line = "--change lr-d=0.0001 --change lr-g=0.0002"
    #expect(result.errors.contains("go on by: dcgan-dist train --resume run " + line), "\(result.errors)")
    let typed = try program.typed(
      ["train", "--resume", "run", "--more-steps", "1"] + line.split(separator: " ").map(String.init))
    #expect(
      typed.code == 0
        && typed.errors.contains("from step 1000 on: generator.learning_rate from 1e-09 to 0.0002"))
  }

  @Test("stop saves, ends all ranks with 1 and two last lines, and a resume may go on", arguments: [1, 2])
  func stops(ranks: Int) throws {
    guard ranks == 1 || Program.hasMPIRun else { return }
    let result = try program.typed(
      Self.failing + ["--steps", "1000", "--on-failure", "stop", "--ranks", "\(ranks)"])
    #expect(result.code == 1, "\(result.errors)")
    let last = Array(result.sentences.suffix(2))
    let resume = "dcgan-dist train --resume run" + (ranks > 1 ? " --ranks \(ranks)" : "")
    #expect(last.first == "to go on: \(resume)")
    let sentence = try #require(last.last)
    #expect(sentence.hasPrefix("error: stopped after step "))
    #expect(sentence.contains("as --on-failure stop asks: the discriminator has won at step "))
    #expect(!result.errors.contains("warning: the discriminator"))
    let saved = try text("run/checkpoints/latest").trimmingCharacters(in: .whitespacesAndNewlines)
    let step = try #require(Int(saved.dropFirst("step-".count)))
    #expect(step > 200 && step < 1000 && sentence.contains("stopped after step \(step), which is saved"))
    #expect(try text("run/log.txt").contains(sentence))
    #expect(try text("run/options.json").contains("\"on_failure\": \"stop\""))

    let more = try program("train", "--resume", "run", "--on-failure", "off", "--steps", "\(step + 250)")
    #expect(more.code == 0 && warnings(more.errors).isEmpty, "\(more.errors)")
  }

  @Test("A healthy run is told nothing, and a wrong word is told which are right")
  func healthy() throws {
    let result = try program(
      "train", "--size", "16", "--width", "8", "--batch-size", "8", "--threads", "1", "--out", "run",
      "--steps", "300", "--on-failure", "stop")
    #expect(result.code == 0 && warnings(result.errors).isEmpty, "\(result.errors)")
    let wrong = try program("train", "--on-failure", "pause")
    #expect(wrong.code == 64)
    #expect(wrong.errors.contains("'--on-failure <warn|stop|off>'") && wrong.errors.contains("stop"))
    let file = try program.folder.file("a.yaml", "on_failure: pause\n")
    let bare = try program.folder.file("b.yaml", "on_failure: off\n")
    #expect(try ConfigurationFile.options(bare).failureSettings.action == .off)
    let inFile = try program("train", "--config", file)
    #expect(
      inFile.code == 1 && inFile.errors.contains("on_failure must be off, warn or stop, and is \"pause\""))
  }
}
