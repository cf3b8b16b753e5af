import Foundation
import Runs

/// Starts ranks, waits for their end, and hands signals on to them so that they can save (Note [Signals]).
final class Supervision {
  /// The signal at which the ranks were ended at once; nil: they were not.
  private(set) var endedAtOnceBy: Int32?
  /// Whether ranks were asked to end.
  var isStopping: Bool { first != nil }

  /// The number of the process that was started.
  var process: pid_t { child.process }

  private let child: ChildProcess
  private let start: RankStart
  private let page: RankPage?
  private let savesOnSignals: Bool
  private var first: (signal: Int32, time: Date)?
  private var wasSent = false

  /// Starts the ranks.
  /// - Throws: `RunError` if they cannot be started.
  init(_ start: RankStart, _ page: RankPage?, savesOnSignals: Bool) throws {
    self.start = start
    self.page = page
    self.savesOnSignals = savesOnSignals
    child = try ChildProcess(start.executable, start.arguments, environment: start.environment)
    // A signal may have come before the child was started.
    if let signal = StopSignals.first { ask(signal) }
  }

  /// Waits until the ranks have ended.
  /// - Returns: how the process that was started ended.
  func wait() -> ChildProcess.End {
    while true {
      switch child.next() {
      case .ended(let end):
        // If mpirun was killed, no one else ends its ranks at once.
        if case .signalled = end { killRanks() }
        return end
      case .asked(let signal): ask(signal)
      case .nothing: sendWhereNobodyReads()
      }
    }
  }

  /// The sentence about an end at once.
  func endSentence(_ signal: Int32) -> String {
    savesOnSignals
      ? "a second signal, \(SignalNames.name(signal)), ended the run at once; what no checkpoint holds is lost"
      : "stopped by \(SignalNames.name(signal))"
  }

  /// Acts on a signal. The first one asks the ranks to end after their step. A later one ends them at once,
  /// unless it comes within a quarter of a second and so is the same request sent twice.
  private func ask(_ signal: Int32) {
    guard savesOnSignals, let first else {
      first = (signal, Date())
      guard savesOnSignals else { return endAtOnce(signal) }
      page?.order(signal)
      ParentVoice.say(
        "note: \(SignalNames.name(signal)): the run ends after this step, saved; a second signal ends it at once"
      )
      return
    }
    if Date().timeIntervalSince(first.time) > 0.25 { endAtOnce(signal) }
  }

  private func endAtOnce(_ signal: Int32) {
    if endedAtOnceBy != nil {
      child.send(SIGKILL)
      return
    }
    endedAtOnceBy = signal
    killRanks()
    // mpirun clears up after SIGTERM; a single rank without mpirun is killed.
    child.send(start.isMPIRun ? SIGTERM : SIGKILL)
  }

  /// Sends SIGUSR1 once where ranks cannot read the order on the page, which they otherwise do after each
  /// step: where there is no page, or no rank has joined it after 15 seconds. SIGUSR1 ends every run with 75.
  private func sendWhereNobodyReads() {
    guard let first, !wasSent, page == nil || Date().timeIntervalSince(first.time) > 15,
      !(page?.all.contains { $0.process != 0 } ?? false)
    else { return }
    wasSent = true
    child.send(SIGUSR1)
  }

  private func killRanks() {
    for rank in page?.all ?? [] where rank.process > 0 && rank.ended == 0 { kill(rank.process, SIGKILL) }
  }
}
