import Foundation
import Reporting
import TestSupport
import Testing

/// What a run writes at its intervals: means over them, and checkpoints by time.
@Suite("The intervals of a run") struct IntervalTests {
  private let program: Program

  init() throws { program = try Program() }

  private static let small = ["--size", "16", "--width", "8", "--batch-size", "16", "--sample-every", "0"]

  @discardableResult
  private func train(_ words: [String]) throws -> Program.Outcome {
    let result = try program.typed(["train"] + words)
    #expect(result.code == 0, "\(words): \(result.errors)")
    return result
  }

  private func records(_ run: String) throws -> [MetricsRecord] {
    try MetricsFile.read(program.folder.file("\(run)/metrics.jsonl"))
  }

  @Test(
    "A line has the means over its interval and the last step's values, also where the run stopped within the interval",
    .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func means() throws {
    let new = ["--steps", "12"] + Self.small
    try train(["--out", "each", "--log-every", "1"] + new)
    let told = try train(["--out", "whole", "--log-every", "5"] + new)
    let (each, whole) = (try records("each"), try records("whole"))
    #expect(each.map(\.step) == Array(1...12) && whole.map(\.step) == [5, 10, 12])
    for (record, steps) in zip(whole, [1...5, 6...10, 11...12]) {
      let own = each.filter { steps.contains($0.step) }
      for value: KeyPath<StepNumbers, Double> & Sendable in [
        \.lossD, \.lossDReal, \.lossDFake, \.lossG, \.dReal, \.dFakeBefore, \.dFakeAfter,
      ] {
        let mean = own.map { $0.means[keyPath: value] }.reduce(0, +) / Double(own.count)
        #expect(abs(record.means[keyPath: value] - mean) < 1e-12, "step \(record.step)")
      }
      #expect(record.last == own.last?.last && record.last == own.last?.means)
      #expect(record.lossDShare.map { abs($0 - record.lossD / (2 * log(2))) < 1e-12 } == true)
    }
    #expect(told.errors.contains("loss D \(ProgressFormat.loss(whole[1].lossD))"), "\(told.errors)")

    // Stopped twice within intervals, and on two ranks in between.
    try train(["--out", "parts", "--log-every", "5", "--steps", "3"] + Self.small)
    try train(["--resume", "parts", "--steps", "8", "--ranks", "2"])
    try train(["--resume", "parts", "--steps", "12"])
    let parts = try records("parts")
    #expect(parts.map(\.step) == [3, 5, 8, 10, 12])
    for record in whole {
      let other = try #require(parts.first { $0.step == record.step })
      #expect(
        other.means == record.means && other.last == record.last && other.lossDShare == record.lossDShare)
    }
  }

  @Test("What the failure watch judges by is in the lines, with its limits, and in the log at each sheet")
  func watch() throws {
    let told = try train([
      "--out", "run", "--steps", "60", "--size", "16", "--width", "8", "--batch-size", "16", "--log-every",
      "20",
      "--sample-every", "50",
    ])
    let lines = try records("run")
    #expect(lines.map(\.watch.sheetStep) == [0, 25, 50])
    for line in lines {
      #expect(line.watch.lossDShareLow == 0.02 && line.watch.lossDShareHigh == 2)
      #expect(line.watch.smoothness != nil && line.watch.variety != nil)
      #expect((line.watch.smoothnessLow ?? 0) > 0.3 && (line.watch.varietyLow ?? 0) > 1)
    }
    let sheets = told.errors.split(separator: "\n").filter { $0.hasPrefix("sheet of step") }
    #expect(sheets.count == 3, "\(told.errors)")
    #expect(
      sheets.allSatisfy {
        $0.contains(/smoothness [-0-9.]+ \(real pictures 0.\d+; noise is below 0.\d+\), variety \d/)
          && $0.contains(/loss D \d\.\d\d of a guessing D's over \d+ steps \(D has won below 0.02\)/)
      }, "\(sheets)")
  }

  @Test(
    "Checkpoints come by time too, on all ranks after the same step",
    .enabled(if: Program.hasMPIRun, "needs mpirun"),
    arguments: [1, 2])
  func byTime(ranks: Int) throws {
    try train(
      [
        "--out", "run", "--minutes", "0.1", "--checkpoint-every", "1s", "--keep", "0", "--ranks", "\(ranks)",
        "--threads", "1",
      ] + Self.small)
    let steps = try Scratch.names(in: program.folder.file("run/checkpoints")).filter { $0.hasPrefix("step-") }
    // Six seconds at most, with one at each second and one at the end.
    #expect((3...7).contains(steps.count), "\(steps)")
    let options = try program.folder.text("run/options.json")
    #expect(options.contains("\"checkpoint_every\": \"1s\""))
  }

  @Test("--checkpoint-every says what it takes")
  func badInterval() throws {
    let result = try program.typed(["train", "--checkpoint-every", "5m"])
    #expect(
      result.code == 64
        && result.errors.contains(
          "it must be a number of steps (0 is never), 'epoch', a time as 10min (s, min, h)")
    )
  }
}
