import Foundation
import Runs

/// Waits beside a start of ranks for its end, and hands signals on in a form that ends well (Note [Signals]).
final class Supervision {
  /// The signal at which all was ended at once; nil: it was not.
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
  /// - Throws: `RunError` if that cannot be.
  init(_ start: RankStart, _ page: RankPage?, savesOnSignals: Bool) throws {
    self.start = start
    self.page = page
    self.savesOnSignals = savesOnSignals
    child = try ChildProcess(start.executable, start.arguments, environment: start.environment)
    // One that came before the child was there.
    if let signal = StopSignals.first { ask(signal) }
  }

  /// Returns when the ranks have ended.
  func wait() -> ChildProcess.End {
    while true {
      switch child.next() {
      case .ended(let end):
        // Where mpirun was killed, nobody else ends its ranks at once.
        if case .signalled = end { killRanks() }
        return end
      case .asked(let signal): ask(signal)
      case .nothing: sendWhereNobodyReads()
      }
    }
  }

  /// What is said of an end at once.
  func endSentence(_ signal: Int32) -> String {
    savesOnSignals
      ? "a second signal, \(SignalNames.name(signal)), ended the run at once; what no checkpoint holds is lost"
      : "stopped by \(SignalNames.name(signal))"
  }

  /// The first signal asks for the end of the step; one after it, unless it is the same request sent twice,
  /// means now.
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
    // mpirun then clears up; a lone rank has no more to do.
    child.send(start.isMPIRun ? SIGTERM : SIGKILL)
  }

  /// Ranks read the page after each step. Where they could not join it, the signal itself has to do, which
  /// ends every run with 75.
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
