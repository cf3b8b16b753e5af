import Cluster
import Communication
import Foundation
import Synchronization
import TestRanks
import Testing

/// What ranks as threads find out about one of them that never arrives.
@Suite("Watchdogs")
struct WatchdogTests {
  /// What each rank's watchdog did, by rank.
  private final class Alarms: Sendable {
    private let all = Mutex<[Int: WatchdogReport]>([:])
    func set(_ rank: Int, _ report: WatchdogReport) { all.withLock { $0[rank] = report } }
    subscript(rank: Int) -> WatchdogReport? { all.withLock { $0[rank] } }
    /// Waits until `count` watchdogs have spoken up.
    func wait(for count: Int) {
      while all.withLock({ $0.count }) < count { Thread.sleep(forTimeInterval: 0.005) }
    }
  }

  private static func quick(patience: Double = 10000) -> Watchdog.Timing {
    var timing = Watchdog.Timing()
    timing.poll = 0.02
    timing.answers = 5
    timing.patience = patience
    return timing
  }

  /// Runs ranks of which `body` makes some hang, until `count` watchdogs have spoken up, and gives what they said.
  private func alarms(
    of count: Int = 1, ranks: Int, limit: Double = 1, patience: Double = 10000,
    _ body: @escaping @Sendable (any Communicator, RunProgress, _ areFound: () -> Void) throws -> Void
  ) throws -> Alarms {
    let alarms = Alarms()
    try ThreadCommunicator.run(ranks: ranks) { base in
      let progress = RunProgress()
      let watch = CommunicationWatch()
      let watched = WatchedCommunicator(base, as: "all ranks", watch: watch)
      let watchdog = try Watchdog(
        over: base, watch: watch, progress: progress, limit: limit, timing: Self.quick(patience: patience)
      ) { alarms.set(base.rank, $0) }
      watchdog.start()
      defer { watchdog.close(together: false) }
      try body(watched, progress) { alarms.wait(for: count) }
    }
    return alarms
  }

  @Test("A rank that never comes is named, with step and call, by the lowest rank alone")
  func absent() throws {
    let alarms = try alarms(ranks: 3) { world, progress, areFound in
      progress.begin(step: 5)
      if world.rank == 2 { areFound() }
      try world.barrier()
    }
    #expect(alarms[1] == nil && alarms[2] == nil)
    let report = try #require(alarms[0])
    #expect(report.absent == [2] && report.silent.isEmpty && report.speaker == 0)
    #expect(report.states.map(\.step) == [5, 5, 5])
    #expect(report.sentence.hasPrefix("rank 2 on \(report.hosts[2]), step 5: no progress for "))
    #expect(report.sentence.contains(" s: it is in the midst of computing"))
    #expect(report.sentence.contains("rank 0 waits in the barrier (all ranks)"))
    #expect(report.lines.contains { $0.contains("rank 1 on") && $0.contains("to which rank 2 has not come") })
  }

  @Test("Where the speaker does not end the run, the others say it")
  func patience() throws {
    let alarms = try alarms(of: 3, ranks: 3, patience: 0.1) { world, progress, areFound in
      progress.begin(step: 5)
      if world.rank == 2 { areFound() }
      try world.barrier()
    }
    #expect((0..<3).allSatisfy { alarms[$0]?.absent == [2] })
  }

  @Test("One rank alone is watched too")
  func alone() throws {
    let alarms = try alarms(ranks: 1) { _, progress, areFound in
      progress.enter(.waitingForPictures)
      areFound()
    }
    let sentence = try #require(alarms[0]?.sentence)
    #expect(sentence.contains(", at the start: no progress for "))
    #expect(sentence.contains(": it waits for pictures"))
  }

  @Test("While one rank goes on, however slowly, the others that wait for it have not hung")
  func slow() throws {
    let alarms = Alarms()
    try ThreadCommunicator.run(ranks: 3) { base in
      let progress = RunProgress()
      let watch = CommunicationWatch()
      let watched = WatchedCommunicator(base, as: "all ranks", watch: watch)
      let watchdog = try Watchdog(
        over: base, watch: watch, progress: progress, limit: base.rank == 0 ? 1000 : 0.1,
        timing: Self.quick()
      ) { alarms.set(base.rank, $0) }
      watchdog.start()
      if base.rank == 0 { Thread.sleep(forTimeInterval: 0.6) }
      try watched.barrier()
      watchdog.close()
    }
    #expect((0..<3).allSatisfy { alarms[$0] == nil })
  }

  @Test("Watchdogs of ranks that end together leave nothing open, whoever comes first", arguments: [1, 2, 4])
  func end(ranks: Int) throws {
    try ThreadCommunicator.run(ranks: ranks) { base in
      let watchdog = try Watchdog(
        over: base, watch: .init(), progress: RunProgress(), limit: 1000, timing: Self.quick()
      ) { _ in }
      watchdog.start()
      if base.rank == 0 { Thread.sleep(forTimeInterval: 0.05) }
      watchdog.close()
      watchdog.close()
    }
  }

  // MARK: What a report says

  private let hosts = ["a", "b", "c"]

  private func waiting(
    _ rank: Int, _ label: String = "gradients", number: Int, partner: Int? = nil
  ) -> WatchdogState {
    WatchdogState(
      rank: rank, step: 9, idle: 10, limit: 10,
      waits: [
        WatchdogState.Wait(label: label, call: "exchange", sequence: number, partner: partner, seconds: 9)
      ],
      entered: [label: number])
  }

  @Test("Ranks that do not answer come first")
  func silent() {
    let report = WatchdogReport(
      states: [waiting(2, number: 4, partner: 1), waiting(0, number: 4, partner: 1)], hosts: hosts)
    #expect(report.silent == [1] && report.absent == [1] && report.speaker == 0)
    #expect(
      report.sentence
        == "rank 1 on b, step 9: no progress for 10 s: it does not answer, so it is stopped, dead or cut off; "
        + "rank 0 waits in the exchange (gradients)")
    #expect(report.lines.first == "watchdog: rank 1 on b does not answer")
  }

  @Test("Where all wait in calls, those are absent that wait in an earlier one")
  func earlier() {
    let behind = waiting(1, "losses", number: 3)
    let report = WatchdogReport(
      states: [waiting(0, "losses", number: 4), behind, waiting(2, "losses", number: 4)], hosts: hosts)
    #expect(report.absent == [1])
    #expect(report.sentence.hasPrefix("rank 1 on b, step 9: "))
  }

  @Test("Where all have come and nothing arrives, the network is what is left")
  func network() {
    let report = WatchdogReport(
      states: [waiting(0, number: 4, partner: 1), waiting(1, number: 4, partner: 0)], hosts: ["a", "b"])
    #expect(report.absent.isEmpty)
    #expect(report.sentence.contains("nothing arrives: is the network between a and b cut?"))
  }

  @Test("The median of the steps is that of the last ones, the first left out")
  func median() {
    let progress = RunProgress()
    #expect(progress.medianStep == nil)
    progress.begin(step: 1)
    progress.completeStep()
    #expect(progress.medianStep == nil)
    for step in 2...200 {
      progress.begin(step: step)
      progress.completeStep()
    }
    #expect((progress.medianStep ?? -1) >= 0)
    #expect(progress.state.step == 200)
  }
}
