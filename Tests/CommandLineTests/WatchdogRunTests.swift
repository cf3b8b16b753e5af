import Foundation
import Testing

/// What the built program does about ranks that hang and faults that were asked for.
@Suite("Runs that hang or fail on purpose") struct WatchdogRunTests {
  let program: Program

  init() throws { program = try Program() }

  private static let small = [
    "train", "--width", "8", "--size", "16", "--batch-size", "16", "--sample-every", "0", "--threads", "1",
    "--steps", "20", "--watchdog", "2", "--out", "run",
  ]

  private func run(_ fault: String, ranks: Int) throws -> Program.Outcome {
    try program.typed(Self.small + ["--ranks", "\(ranks)"], environment: ["DCGAN_FAULT": fault])
  }

  @Test("A rank that hangs is named, and ends the run with 86", .enabled(if: Program.hasMPIRun))
  func hang() throws {
    let result = try run("hang@rank=1,step=3", ranks: 2)
    #expect(result.code == 86, "\(result.errors)")
    let last = try #require(result.sentences.last)
    #expect(last.contains("rank 1 on ") && last.contains(", step 3: no progress for "))
    #expect(last.contains("rank 0 waits in the "))
    #expect(result.sentences.count { $0.hasPrefix("error: ") } == 1, "\(result.errors)")
    let log = try String(contentsOfFile: program.folder.path + "/run/log.txt", encoding: .utf8)
    #expect(log.contains("where this rank's threads are"))
  }

  @Test("One process alone is watched: a loader that hangs ends it with 86")
  func alone() throws {
    let result = try run("hang-loader@rank=0,step=3", ranks: 1)
    #expect(result.code == 86, "\(result.errors)")
    let last = try #require(result.sentences.last)
    #expect(last.contains("rank 0 on ") && last.contains("it waits for pictures"))
  }

  @Test("An error in a loader's thread ends the run with its sentence")
  func loader() throws {
    let result = try run("throw-loader@rank=0,step=3", ranks: 1)
    #expect(result.code == 1, "\(result.errors)")
    #expect(
      result.sentences.last?.contains("asked for an error of the picture loader from step 3 on") == true)
  }

  @Test("A fault that means nothing is a usage error")
  func nonsense() throws {
    let result = try run("explode@rank=0,step=3", ranks: 1)
    #expect(result.code == 64, "\(result.errors)")
    #expect(
      result.sentences.last?.hasPrefix("error: DCGAN_FAULT=explode@rank=0,step=3: there is no fault") == true)
  }
}
