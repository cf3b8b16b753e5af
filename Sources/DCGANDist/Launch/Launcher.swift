import Cluster
import Communication
import Foundation
import Reporting
import Runs

/// Starts the ranks of `--ranks N`, passes signals on to them, says why ranks ended that were killed, and
/// starts the ranks again after a crash (`--max-restarts`).
///
/// This process stays as the parent. It owns the terminal and keeps mpirun in another process group, so that
/// Ctrl-C reaches only this process. mpirun itself would answer SIGTERM and SIGINT by ending the ranks within
/// two seconds.
struct Launcher {
  /// The world size to start.
  let ranks: Int
  /// How often at most to start again.
  let restarts: Int
  /// Whether ranks save and end by themselves after a signal.
  let savesOnSignals: Bool

  /// After how many restarts in a row without a newer checkpoint the run is given up.
  private static let idleRestarts = 2

  /// Starts the ranks and waits for their end.
  /// - Returns: the exit code of this process.
  /// - Throws: `RunError` if the ranks cannot be started.
  func run() throws -> Int32 {
    let page = RankPage(ranks: ranks)
    guard restarts == 0 || page != nil else {
      throw RunError(
        "--max-restarts needs memory that this process shares with its ranks (memfd_create, /proc), which this "
          + "system does not have: leave it out")
    }
    if let sentence = SessionLeftovers().clear().sentence { say("note: \(sentence)") }
    let typed = Array(CommandLine.arguments.dropFirst())
    var words = typed
    var idle = 0
    for restart in 0... {
      // A fault on purpose happens in the first start only.
      let environment = ProcessInfo.processInfo.environment.filter {
        restart == 0 || $0.key != Fault.variable
      }
      let start = try RankStart(ranks: ranks, words: words, page: page, environment: environment)
      if restart == 0 { for note in start.notes { say("note: \(note)") } }
      let before = page?.checkpoint
      let supervision = try Supervision(start, page, savesOnSignals: savesOnSignals)
      let end = supervision.wait()
      // A killed mpirun leaves the shared memory of its ranks behind.
      if start.isMPIRun, case .signalled = end {
        SessionLeftovers().clear(afterMPIRun: supervision.process)
      }
      let verdict = RunVerdict(end, page, start)
      if let signal = supervision.endedAtOnceBy {
        tell(supervision.endSentence(signal), page)
        return RunExit.signal(signal)
      }
      if let sentence = verdict.sentence { tell(sentence, page) }
      guard let page, verdict.isCrash, !supervision.isStopping, restart < restarts else {
        return verdict.code
      }
      if restart > 0 { idle = page.checkpoint == before ? idle + 1 : 0 }
      guard idle < Self.idleRestarts else {
        say("error: \(idle) restarts brought no newer checkpoint, so the run is given up")
        return verdict.code
      }
      words = RestartWords.next(after: typed, folder: page.folder, hasCheckpoint: page.checkpoint != nil)
      let place =
        page.checkpoint.map { "from the newest valid checkpoint (step \($0))" } ?? "from where it began"
      say("note: restart \(restart + 1) of \(restarts), \(place)")
      page.clear()
    }
    return RunExit.failure
  }

  /// Says the line that resumes, then the sentence as an error.
  private func tell(_ sentence: String, _ page: RankPage?) {
    if let page, let line = page.resumeLine {
      let saved = page.checkpoint == nil ? nil : page.folder
      say(saved.flatMap { RunFolder($0).checkpointsAreGone ? RunLog.nothingSaved($0) : nil } ?? line)
    }
    say("error: \(sentence)")
  }

  private func say(_ text: String) { ParentVoice.say(text) }
}

/// Prints the lines of the parent, to a terminal that ranks write to as well.
enum ParentVoice {
  /// Prints a line. On a terminal it overwrites the live line that a rank may have left there.
  static func say(_ text: String) {
    Output.person((isatty(STDERR_FILENO) != 0 ? "\r\u{1b}[K" : "") + text)
  }
}
