import Foundation
import Testing

/// How runs of several ranks end that are told to end, are killed or lose their mpirun.
extension SignalTests {
  @Suite("On ranks", .serialized, .enabled(if: Program.hasMPIRun, "needs mpirun")) struct Ranks {
    private let one: SignalTests
    private var program: Program { one.program }

    init() throws { one = try SignalTests() }

    private static let two = SignalTests.long + ["--ranks", "2", "--checkpoint-every", "5"]

    @Test(
      "--ranks: TERM ends in 75 and Ctrl-C in 0, saved, and nothing follows the line that resumes",
      arguments: zip([SIGTERM, SIGINT], [75, 0] as [Int32]))
    func saves(signal: Int32, code: Int32) throws {
      let run = try program.start(Self.two)
      #expect(one.trains(run), "\(run.said)")
      run.send(signal)
      let end = try run.end(within: 20)
      #expect(end.code == code, "\(end.errors)")
      #expect(end.sentences.last == "to go on: dcgan-dist train --resume run --ranks 2")
      try one.expectToGoOn()
    }

    @Test("--ranks: a second signal ends all at once, also while a rank stands still")
    func now() throws {
      let run = try program.start(Self.two)
      #expect(one.trains(run), "\(run.said)")
      let still = one.processes(rank: 1)
      for process in still { kill(process, SIGSTOP) }
      run.send(SIGINT)
      Thread.sleep(forTimeInterval: 0.6)
      #expect(run.process.isRunning)
      run.send(SIGINT)
      let end = try run.end(within: 6)
      #expect(end.code == 130)
      #expect(end.sentences.last?.hasPrefix("error: a second signal, SIGINT, ended the run at once") == true)
      #expect(run.reaches { one.processes(rank: 0).isEmpty && one.processes(rank: 1).isEmpty })
    }

    @Test("--ranks: for a rank that was killed the parent says both lines, and starts again if asked")
    func killed() throws {
      let run = try program.start(Self.two + ["--max-restarts", "1"])
      #expect(one.hasSaved(run), "\(run.said)")
      let began = Date()
      for process in one.processes(rank: 1) { kill(process, SIGKILL) }
      #expect(run.reaches { run.said.contains("note: restart 1 of 1") }, "\(run.said)")
      #expect(Date().timeIntervalSince(began) < 5)
      let lines = run.said.split(separator: "\n").map(String.init)
      let told = try #require(
        lines.firstIndex {
          $0.wholeMatch(of: /error: rank 1 on \S+, step \d+: killed by SIGKILL, perhaps out of memory/) != nil
        }, "\(run.said)")
      #expect(lines[told - 1] == "to go on: dcgan-dist train --resume run --ranks 2")
      // The second time is the last, and nothing follows the error. Nothing of mpirun's is among it.
      let before = one.latest ?? 0
      #expect(run.reaches { (one.latest ?? 0) > before }, "\(run.said)")
      for process in one.processes(rank: 0) { kill(process, SIGSEGV) }
      let end = try run.end(within: 10)
      #expect(end.code == 1)
      #expect(
        end.sentences.last?.wholeMatch(of: /error: rank 0 on \S+, step \d+: SIGSEGV.*/) != nil,
        "\(end.errors)")
      #expect(!end.errors.contains("mpirun") && !end.errors.contains("-----"))
    }

    @Test("mpirun: USR1 to it, and TERM to one rank, end in 75, saved", arguments: [true, false])
    func underMPIRun(atMPIRun: Bool) throws {
      let run = try program.startUnderMPIRun(SignalTests.long)
      #expect(one.trains(run), "\(run.said)")
      if atMPIRun {
        // env has become mpirun.
        run.send(SIGUSR1)
      } else {
        for process in one.processes(rank: 1) { kill(process, SIGTERM) }
      }
      let end = try run.end(within: 20)
      #expect(end.code == 75, "\(end.errors)")
      #expect(end.errors.components(separatedBy: "to go on: ").count == 2)
      try one.expectToGoOn()
    }

    @Test("mpirun: a second signal ends a rank that waits for one that stands still")
    func nowUnderMPIRun() throws {
      let run = try program.startUnderMPIRun(SignalTests.long)
      #expect(one.trains(run), "\(run.said)")
      for process in one.processes(rank: 1) { kill(process, SIGSTOP) }
      run.send(SIGUSR1)
      Thread.sleep(forTimeInterval: 0.6)
      #expect(run.process.isRunning)
      run.send(SIGUSR2)
      let end = try run.end(within: 8)
      #expect(end.code == 128 + SIGUSR2, "\(end.errors)")
      #expect(
        end.errors.contains(/error: rank 0 on \S+, step \d+: a second signal, SIGUSR2, ended the run at once/)
      )
    }

    /// The shared memory of this user's ranks on this host.
    private var segments: Set<String> {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
      let mark = ".\(ProcessInfo.processInfo.hostName.prefix { $0 != "." }).\(getuid())."
      return Set(names.filter { $0.hasPrefix("vader_segment" + mark) })
    }

    /// Those that rank 0 of a test's run maps: other jobs may be running here.
    private func segments(of test: SignalTests) -> Set<String> {
      let maps = test.processes(rank: 0).map { process in
        // Foundation reads no more of it than the first page.
        guard let file = fopen("/proc/\(process)/maps", "r") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        while case let byte = getc(file), byte != EOF { text.append(UInt8(byte)) }
        return String(decoding: text, as: UTF8.self)
      }.joined()
      return segments.filter { maps.contains("/dev/shm/" + $0) }
    }

    @Test("--ranks: where mpirun is killed, its ranks go with it, and their shared memory")
    func killedMPIRun() throws {
      let run = try program.start(Self.two)
      #expect(one.hasSaved(run), "\(run.said)")
      let mpirun = try #require(SignalTests.child(of: run.process.processIdentifier))
      let own = segments(of: one)
      #expect(own.count == 2)
      kill(mpirun, SIGKILL)
      let end = try run.end(within: 10)
      #expect(end.code == 1)
      #expect(
        end.sentences.last == "error: mpirun was ended by SIGKILL, and its ranks with it", "\(end.errors)")
      #expect(segments.isDisjoint(with: own))
      #expect(one.processes(rank: 0).isEmpty && one.processes(rank: 1).isEmpty)
    }

    /// Whether this process sees all of the machine's, so that what is left is known to be.
    private static let seesAll =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) == "pid:[4026531836]"

    @Test(
      "mpirun: what its kill leaves, the next start removes, and leaves a living job's alone",
      .enabled(if: seesAll, "in a container nothing is known of others"))
    func leftByMPIRun() throws {
      let living = try SignalTests()
      let other = try living.program.startUnderMPIRun(SignalTests.long)
      defer { if other.process.isRunning { other.send(SIGKILL) } }
      #expect(living.trains(other), "\(other.said)")
      let kept = segments(of: living)
      let run = try program.startUnderMPIRun(SignalTests.long)
      #expect(one.trains(run), "\(run.said)")
      let own = segments(of: one)
      #expect(own.count == 2 && kept.count == 2)
      // env has become mpirun.
      run.send(SIGKILL)
      _ = try run.end(within: 10)
      let end = Date(timeIntervalSinceNow: 10)
      while !one.processes(rank: 0).isEmpty || !one.processes(rank: 1).isEmpty, Date() < end {
        Thread.sleep(forTimeInterval: 0.05)
      }
      // Another test's start may have been the next.
      let next = try program("bench", "--ranks", "2", "--width", "8", "--size", "16", "--steps", "1")
      #expect(next.code == 0, "\(next.errors)")
      #expect(segments.isDisjoint(with: own))
      #expect(segments.isSuperset(of: kept))
      let said = other.said
      #expect(other.reaches { other.said.count > said.count })
      other.send(SIGUSR1)
      #expect(try other.end(within: 20).code == 75)
    }

    @Test("mpirun: --max-restarts says what to do instead")
    func restarts() throws {
      let refused = try program.underMPIRun("train", "--max-restarts", "2", "--out", "run")
      #expect(refused.code == 64)
      #expect(refused.errors.contains("--max-restarts 2 is for ranks that this program starts (--ranks N)"))
    }
  }
}
