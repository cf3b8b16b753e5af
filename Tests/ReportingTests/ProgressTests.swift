import Files
import Foundation
import Reporting
import TestSupport
import Testing

@Suite struct ProgressFormatTests {
  static let state = ProgressState(
    step: 1200, totalSteps: 7815, epoch: 0.768, totalEpochs: 5, lossD: 0.6123, lossG: 2.3456, dReal: 0.781,
    dFakeBefore: 0.214, dFakeAfter: 0.149, imagesPerSecond: 412.4, secondsLeft: 3725)

  @Test(arguments: [
    (0, "0 s"), (44.6, "45 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"),
    (3599.6, "1 h 00 min"),
    (3725, "1 h 02 min"), (86_399, "23 h 59 min"), (97_200, "1 d 03 h"), (Double.nan, "unknown"),
    (.infinity, "unknown"), (-1, "unknown"), (1e300, "unknown"),
  ])
  func durations(seconds: Double, text: String) {
    #expect(ProgressFormat.duration(seconds) == text)
  }

  @Test func numbers() {
    #expect(ProgressFormat.loss(0.69314) == "0.693")
    #expect(ProgressFormat.loss(-12.5) == "-12.500")
    #expect(ProgressFormat.loss(123.456) == "123.5")
    #expect(ProgressFormat.loss(1.5e12) == "1.50e+12")
    #expect(ProgressFormat.loss(.nan) == "nan")
    #expect(ProgressFormat.loss(-.infinity) == "-inf")
    #expect(ProgressFormat.rate(412.4) == "412")
    #expect(ProgressFormat.rate(99.96) == "100")
    #expect(ProgressFormat.rate(41.23) == "41.2")
    #expect(ProgressFormat.rate(1.234) == "1.23")
    #expect(ProgressFormat.epoch(0.768, of: 5) == "0.77/5")
    #expect(ProgressFormat.epoch(0.768, of: 0.5) == "0.77/0.50")
    #expect(ProgressFormat.epoch(3, of: nil) == "3.00")
  }

  @Test func bars() {
    #expect(ProgressFormat.bar(0, width: 10, blocks: false) == "[----------]")
    #expect(ProgressFormat.bar(0.55, width: 10, blocks: false) == "[#####-----]")
    #expect(ProgressFormat.bar(7, width: 10, blocks: false) == "[##########]")
    #expect(ProgressFormat.bar(.nan, width: 4, blocks: false) == "[----]")
    #expect(ProgressFormat.bar(0.5625, width: 4, blocks: true) == "▕██▎ ▏")
    for eighth in 0...80 {
      #expect(ProgressFormat.bar(Double(eighth) / 80, width: 10, blocks: true).count == 12)
    }
  }

  @Test func thePlainLineHasEveryField() {
    #expect(
      ProgressFormat.plainLine(Self.state)
        == "step 1200/7815  epoch 0.77/5  loss D 0.612  loss G 2.346  D(x) 0.78  D(G(z)) 0.21/0.15  412 images/s  "
        + "1 h 02 min left")
    var open = Self.state
    open.totalSteps = nil
    open.secondsLeft = nil
    #expect(ProgressFormat.plainLine(open).hasPrefix("step 1200  epoch"))
    #expect(ProgressFormat.plainLine(open).hasSuffix("412 images/s"))
  }

  @Test func theLiveLineFitsEveryWidth() {
    for blocks in [false, true] {
      for columns in 1...200 {
        let line = ProgressFormat.liveLine(
          Self.state, terminal: Terminal(columns: columns, showsBlocks: blocks))
        #expect(line.count <= max(1, columns - 1))
      }
    }
    func line(_ columns: Int) -> String {
      ProgressFormat.liveLine(Self.state, terminal: Terminal(columns: columns))
    }
    #expect(
      line(200)
        == " 15% [####--------------------------]  1200/7815  epoch 0.77/5  D 0.612  G 2.346  D(x) 0.78  "
        + "D(G(z)) 0.21/0.15  412 images/s  1 h 02 min left")
    #expect(line(80).contains("1200/7815"))
    #expect(line(80).contains("D 0.612  G 2.346"))
    #expect(line(80).hasSuffix("1 h 02 min left"))
    #expect(!line(80).contains("D(G(z))"))
    #expect(line(30) == "1200/7815  1 h 02 min left")
    #expect(line(14) == "1200/7815")
  }

  @Test func whatIsDoneGoesByTheClockWhereTheClockEndsTheRun() {
    var state = Self.state
    #expect(abs((state.done ?? 0) - 1200.0 / 7815) < 1e-12)
    state.fraction = 0.5
    #expect(state.done == 0.5)
    state.fraction = nil
    state.totalSteps = nil
    #expect(state.done == nil)
    #expect(!ProgressFormat.liveLine(state, terminal: Terminal(columns: 120)).contains("["))
  }
}

@Suite struct PaceTests {
  @Test func followsTheNewestSteps() {
    var pace = Pace(window: 10, fewest: 2)
    #expect(pace.secondsLeft(to: 10) == nil)
    pace.mark(step: 0, at: 0)
    #expect(pace.secondsPerStep == nil)
    for step in 1...5 { pace.mark(step: step, at: Double(step)) }
    #expect(pace.secondsPerStep == 1)
    #expect(pace.secondsLeft(to: 15) == 10)
    #expect(pace.secondsLeft(to: 3) == 0)
    for step in 6...20 { pace.mark(step: step, at: 5 + Double(step - 5) * 4) }
    #expect(pace.secondsPerStep == 4)
  }
}

@Suite struct ProgressDisplayTests {
  static func state(_ step: Int) -> ProgressState {
    var state = ProgressFormatTests.state
    state.step = step
    return state
  }

  /// A console that writes to a file, and what it wrote.
  static func console(_ scratch: Scratch, terminal: Terminal?) throws -> (
    Console, () throws -> String, FileHandle
  ) {
    try AtomicFile.write("", to: scratch.file("screen"))
    let handle = try #require(FileHandle(forWritingAtPath: scratch.file("screen")))
    let console = Console(descriptor: handle.fileDescriptor) { terminal }
    return (console, { try scratch.text("screen") }, handle)
  }

  @Test func withoutATerminalThereIsALineAtEachInterval() throws {
    let scratch = try Scratch()
    let (console, screen, handle) = try Self.console(scratch, terminal: nil)
    defer { try? handle.close() }
    let display = ProgressDisplay(log: RunLog(rank: 0, console: console))
    for step in 1...25 { display.update(Self.state(step), isDue: step % 10 == 0) }
    display.finish()
    display.finish()
    let steps = try screen().split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(steps == ["10/7815", "20/7815", "25/7815"])
    #expect(try !screen().contains("\u{1b}"))
  }

  @Test func onATerminalOneLineIsRedrawnAtMostFiveTimesASecond() throws {
    let scratch = try Scratch()
    let (console, screen, handle) = try Self.console(scratch, terminal: Terminal(columns: 100))
    defer { try? handle.close() }
    let log = RunLog(rank: 0, console: console)
    try log.open(in: RunFolder(scratch.file("run")))
    var time = 0.0
    let display = ProgressDisplay(log: log) { time }
    for step in 1...100 {
      time += 0.01
      display.update(Self.state(step), isDue: step % 10 == 0)
    }
    log.warning("a picture is damaged")
    display.finish()
    let text = try screen()
    // The first at once, then one each 0.2 s, and one at the end.
    #expect(text.components(separatedBy: "\r\u{1b}[K").count - 1 == 6)
    #expect(text.hasPrefix("  0% ["))
    #expect(text.hasSuffix("100/7815  epoch 0.77/5  D 0.612  G 2.346  412 images/s  1 h 02 min left\n"))
    let redrawn = text.components(separatedBy: "\r\u{1b}[Kwarning: a picture is damaged\n")
    #expect(redrawn.count == 2 && redrawn[1].contains("[") && redrawn[1].contains("/7815"))
    let logged = try scratch.text("run/log.txt").split(separator: "\n")
    #expect(logged.count == 11)
    #expect(logged[0].contains("info     step 10/7815  epoch"))
    #expect(logged[10].hasSuffix("warning  a picture is damaged"))
  }
}
