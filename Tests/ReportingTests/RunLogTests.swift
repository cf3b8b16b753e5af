import Files
import Foundation
import Logging
import Reporting
import TestSupport
import Testing

@Suite struct RunLogTests {
  private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  @Test func rankZeroSaysEverything() throws {
    let scratch = try Scratch()
    let (console, screen, handle) = try ProgressDisplayTests.console(scratch, terminal: nil)
    defer { try? handle.close() }
    let log = RunLog(rank: 0, console: console)
    log.info("before the folder is known")
    try log.open(in: RunFolder(scratch.file("runs/0001")))
    log.warning("two\nlines")
    log.error("it broke")
    log.record("only in the file")
    #expect(try screen() == "before the folder is known\nwarning: two\nlines\nerror: it broke\n")
    let file = try scratch.text("runs/0001/log.txt")
    let lines = Self.lines(file)
    #expect(lines.count == 5)
    for line in lines where !line.hasPrefix("  ") {
      #expect(
        line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info    |warning |error   ) .+/) != nil)
    }
    #expect(lines[2] == "  lines")
  }

  @Test func otherRanksSpeakUpOnlyForTrouble() throws {
    let scratch = try Scratch()
    let (console, screen, handle) = try ProgressDisplayTests.console(scratch, terminal: nil)
    defer { try? handle.close() }
    let log = RunLog(rank: 3, console: console)
    try log.open(in: RunFolder(scratch.file("run")))
    log.info("quiet")
    log.warning("loud")
    log.error("louder")
    #expect(try screen() == "warning: rank 3: loud\nerror: rank 3: louder\n")
    #expect(try Self.lines(scratch.text("run/logs/rank-0003.log")).count == 3)
  }

  @Test func swiftLogSpeaksThroughIt() throws {
    let scratch = try Scratch()
    let (console, screen, handle) = try ProgressDisplayTests.console(scratch, terminal: nil)
    defer { try? handle.close() }
    let log = RunLog(rank: 0, console: console)
    log.stayWithoutFile()
    var logger = log.logger()
    logger[metadataKey: "host"] = "h1"
    logger.debug("unseen")
    logger.info("seen", metadata: ["step": "3"])
    logger.warning("odd")
    #expect(try screen() == "seen host=h1 step=3\nwarning: odd host=h1\n")
  }

  @Test func aResumedRunAddsToItsLog() throws {
    let scratch = try Scratch()
    let (console, _, handle) = try ProgressDisplayTests.console(scratch, terminal: nil)
    defer { try? handle.close() }
    for text in ["first", "second"] {
      let log = RunLog(rank: 0, console: console)
      try log.open(in: RunFolder(scratch.file("run")))
      log.info(text)
    }
    #expect(try Self.lines(scratch.text("run/log.txt")).count == 2)
  }

  @Test func aFolderThatCannotBeIsNamed() throws {
    let scratch = try Scratch()
    try AtomicFile.write("", to: scratch.file("taken"))
    let log = RunLog(rank: 0, console: Console(descriptor: -1) { nil })
    let path = scratch.file("taken/run")
    let error = #expect(throws: FileError.self) { try log.open(in: RunFolder(path)) }
    #expect(error?.description.contains("a part of the path is a file, not a folder") == true)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a full disk needs the right to mount one"))
  func aFullDiskIsToldOnce() throws {
    let scratch = try Scratch()
    let disk = try SmallDisk()
    let (console, screen, handle) = try ProgressDisplayTests.console(scratch, terminal: nil)
    defer { try? handle.close() }
    let log = RunLog(rank: 0, console: console)
    try log.open(in: RunFolder(disk.scratch.file("run")))
    try disk.fill(leaving: 0)
    for _ in 0..<3 { log.info("line") }
    let lines = try Self.lines(screen())
    #expect(lines.filter { $0 == "line" }.count == 3)
    #expect(lines.count == 4)
    #expect(lines[1].hasPrefix("warning: cannot write \(disk.scratch.file("run/log.txt")): no space is left"))
  }

  @Test func linesOfManyThreadsDoNotMix() throws {
    let scratch = try Scratch()
    let (console, screen, handle) = try ProgressDisplayTests.console(scratch, terminal: Terminal(columns: 80))
    defer { try? handle.close() }
    let log = RunLog(rank: 0, console: console)
    console.showLive("live")
    DispatchQueue.concurrentPerform(iterations: 200) { log.info("line \($0)") }
    console.endLive()
    let text = try screen().replacingOccurrences(of: "\r\u{1b}[K", with: "").replacingOccurrences(
      of: "live", with: "")
    #expect(Set(Self.lines(text)) == Set((0..<200).map { Substring("line \($0)") }))
  }
}

@Suite struct RunFolderTests {
  @Test func names() throws {
    let folder = RunFolder("runs/0001-dcgan64")
    #expect(folder.log(rank: 0) == "runs/0001-dcgan64/log.txt")
    #expect(folder.log(rank: 3) == "runs/0001-dcgan64/logs/rank-0003.log")
    #expect(folder.log(rank: 12_345) == "runs/0001-dcgan64/logs/rank-12345.log")
    #expect(folder.sample(step: 200) == "runs/0001-dcgan64/samples/step-00000200.png")
    #expect(RunFolder.stepName(0) == "step-00000000")
  }

  @Test func findsItsSheets() throws {
    let scratch = try Scratch()
    let folder = RunFolder(scratch.path)
    #expect(folder.sampleSteps() == [])
    try folder.createFolders(rank: 0)
    try folder.createFolders(rank: 0)
    for name in ["step-00000200.png", "step-00000000.png", "step-1.png", "step-000x.png", "best.png"] {
      try AtomicFile.write("", to: "\(folder.samples)/\(name)")
    }
    #expect(folder.sampleSteps() == [0, 200])
    try folder.removeSamples(after: 200)
    #expect(folder.sampleSteps() == [0, 200])
    try folder.removeSamples(after: 0)
    #expect(folder.sampleSteps() == [0])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.samples).count == 4)
  }
}
