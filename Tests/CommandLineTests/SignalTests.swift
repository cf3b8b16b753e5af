import Foundation
import Testing

/// How runs end that are told to end, killed or left by a rank: exit codes, last lines, and what is saved.
///
/// Each run is long; it ends because of what is done to it, or the test fails by its bound.
@Suite("Signals and crashes", .serialized) struct SignalTests {
  let program: Program

  init() throws { program = try Program() }

  static let long = [
    "train", "--out", "run", "--width", "8", "--size", "16", "--batch-size", "16", "--sample-every", "0",
    "--log-every", "1", "--steps", "1000000", "--threads", "1",
  ]

  private func path(_ name: String) -> String { program.folder.path + "/" + name }

  var latest: Int? {
    let name = try? String(contentsOfFile: path("run/checkpoints/latest"), encoding: .utf8)
    return name.flatMap { Int($0.dropFirst(5).prefix(8)) }
  }

  /// Numbers of the processes that are ranks of this test's run: those that say --out of this folder. Rank `rank`
  /// alone, if given.
  func processes(rank: Int) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(pid_t.init).filter { number in
      guard
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/exe")) == Program.path,
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/cwd"))
          == program.folder.path,
        let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ")
      else { return false }
      return environment.split(separator: 0).contains {
        $0.elementsEqual("OMPI_COMM_WORLD_RANK=\(rank)".utf8)
      }
    }
  }

  /// The number of the one process that a process of ours started.
  static func child(of process: pid_t) -> pid_t? {
    let text = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    return text?.split(separator: " ").first.flatMap { pid_t($0) }
  }

  func trains(_ run: Program.Running) -> Bool { run.reaches { run.said.contains("step 3") } }

  /// Waits until the run has a checkpoint and knows of it.
  func hasSaved(_ run: Program.Running) -> Bool {
    run.reaches { latest.map { run.said.contains("step \($0 + 1)/") } ?? false }
  }

  /// Going on takes up where the checkpoint is.
  func expectToGoOn(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let step = try #require(latest, sourceLocation: sourceLocation)
    let on = try program("train", "--resume", "run", "--steps", "\(step + 1)")
    #expect(on.code == 0, "\(on.errors)", sourceLocation: sourceLocation)
    #expect(latest == step + 1, sourceLocation: sourceLocation)
  }

  @Test(
    "One process: USR1 and HUP save and end with 75, Ctrl-C with 0",
    arguments: zip([SIGUSR1, SIGHUP, SIGINT], [75, 75, 0] as [Int32]))
  func saves(signal: Int32, code: Int32) throws {
    let run = try program.start(Self.long)
    #expect(trains(run), "\(run.said)")
    run.send(signal)
    let end = try run.end(within: 20)
    #expect(end.code == code, "\(end.errors)")
    #expect(end.sentences.last == "to go on: dcgan-dist train --resume run")
    #expect(latest != nil)
  }

  @Test("A signal before the first step ends with the same code, and leaves nothing behind")
  func early() throws {
    let run = try program.start(["train", "--data", "faces", "--width", "8", "--size", "16"])
    // The handlers are there before anything is said or made.
    #expect(run.reaches { handles(SIGUSR1, run.process.processIdentifier) })
    run.send(SIGUSR1)
    let end = try run.end(within: 20)
    #expect(end.code == 75, "\(end.errors)")
  }

  private func handles(_ signal: Int32, _ process: pid_t) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
    else { return false }
    return mask & (1 << UInt64(signal - 1)) != 0
  }

  @Test("A failure names rank, host, step and cause on the last line, after the one that resumes")
  func failure() throws {
    let run = try program.start(Self.long + ["--checkpoint-every", "2"])
    #expect(hasSaved(run), "\(run.said)")
    // What is to be the next checkpoint's folder cannot be made any more.
    let checkpoints = path("run/checkpoints")
    try FileManager.default.moveItem(atPath: checkpoints, toPath: path("run/aside"))
    try "".write(toFile: checkpoints, atomically: false, encoding: .utf8)
    let end = try run.end(within: 10)
    #expect(end.code == 1)
    let last = end.sentences.suffix(2)
    #expect(last.first == "to go on: dcgan-dist train --resume run")
    #expect(
      last.last?.wholeMatch(of: /error: rank 0 on \S+, step \d+: .*checkpoints.*/) != nil, "\(end.errors)")
  }

  @Test("A mistake in the program says the same two lines", arguments: [SIGSEGV, SIGABRT])
  func mistake(signal: Int32) throws {
    let run = try program.start(Self.long + ["--checkpoint-every", "2"])
    #expect(hasSaved(run), "\(run.said)")
    run.send(signal)
    let end = try run.end(within: 10)
    #expect(end.code == signal)
    #expect(end.sentences.suffix(2).first == "to go on: dcgan-dist train --resume run")
    #expect(
      end.sentences.last?.wholeMatch(of: /error: rank 0 on \S+, step \d+: SIG.*/) != nil, "\(end.errors)")
  }

  @Test("--max-restarts goes on after a crash, and gives up where that brings nothing")
  func restartsOneRank() throws {
    let run = try program.start(Self.long + ["--checkpoint-every", "2", "--max-restarts", "9"])
    func child() -> pid_t? { Self.child(of: run.process.processIdentifier) }
    #expect(hasSaved(run), "\(run.said)")
    let first = try #require(child())
    kill(first, SIGKILL)
    #expect(run.reaches { run.said.contains("going on from run/checkpoints/step-") }, "\(run.said)")
    #expect(run.said.contains("step 2") && run.said.contains(": killed by SIGKILL, perhaps out of memory\n"))
    #expect(run.said.contains("note: restart 1 of 9, from the newest valid checkpoint"))
    // Killed as soon as they are there, ranks make no progress.
    var last = first
    while run.process.isRunning {
      if let next = child(), next != last, kill(next, SIGKILL) == 0 { last = next }
      Thread.sleep(forTimeInterval: 0.005)
    }
    let end = try run.end()
    #expect(end.code == 1)
    #expect(
      end.sentences.last == "error: 2 restarts brought no newer checkpoint, so the run is given up",
      "\(end.errors)")
  }
}
