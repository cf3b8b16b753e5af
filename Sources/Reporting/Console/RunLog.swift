import Files
import Foundation
import Logging
import Synchronization

/// What a run says: to the person in front of it, through the console, and to the run's log file.
///
/// Rank 0 prints everything, with warnings and errors marked as such; the others print only warnings and
/// errors, with their rank, as the lines of all ranks meet on one screen. In the file every line has its time
/// and level. Lines said before the file is opened are kept and written to it then. A log file that cannot be
/// written is no reason to lose a run: it is reported on the console, once, and the run goes on.
package final class RunLog: Sendable {
  /// Who speaks.
  package let rank: Int
  /// Where a person reads.
  package let console: Console

  private struct State {
    var file: LineFile?
    var waiting: [String] = []
    var keepsWaiting = true
    var hasComplained = false
  }

  private let state = Mutex(State())

  /// A log that prints to a console and has no file yet.
  package init(rank: Int, console: Console = .standardError) {
    self.rank = rank
    self.console = console
  }

  /// Starts writing the log file of a run, `log.txt` or that of another rank, and adds to it what was said
  /// before.
  /// - Throws: `FileError`, here and only here: a folder that takes no log takes no checkpoint either.
  package func open(in folder: RunFolder) throws {
    try folder.createFolders(rank: rank)
    let opened = try LineFile(path: folder.log(rank: rank))
    try state.withLock { state in
      for line in state.waiting { try opened.append(line) }
      state.waiting = []
      state.file = opened
    }
  }

  /// Drops what was kept for a file, for commands that write none.
  package func stayWithoutFile() {
    state.withLock { state in
      state.waiting = []
      state.keepsWaiting = false
    }
  }

  /// Something that a person should know.
  package func info(_ text: String) { say(.info, text) }

  /// Something that is probably not as it should be; the run goes on.
  package func warning(_ text: String) { say(.warning, text) }

  /// Why something was given up.
  package func error(_ text: String) { say(.error, text) }

  /// A line for the file alone: what the progress bar has shown already.
  package func record(_ text: String) { say(.info, text, printing: false) }

  /// A swift-log logger that speaks through this log.
  package func logger(label: String = "dcgan-dist") -> Logger {
    Logger(label: label) { _ in RunLogHandler(log: self) }
  }

  /// Brings the log file to the disk, before the process ends on purpose.
  package func flush() {
    state.withLock { state in _ = try? state.file?.flush() }
  }

  func say(_ level: Logger.Level, _ text: String, printing: Bool = true) {
    if printing, !LastWords.wereSaid, let line = Self.consoleLine(level, text, rank: rank) {
      console.print(line)
    }
    let line = Self.fileLine(level, text, time: Date())
    let complaint: String? = state.withLock { state in
      guard let file = state.file else {
        if state.keepsWaiting { state.waiting.append(line) }
        return nil
      }
      do {
        try file.append(line)
        return nil
      } catch {
        defer { state.hasComplained = true }
        return state.hasComplained ? nil : "\(error); the run goes on without these lines"
      }
    }
    if let complaint { console.print("warning: \(complaint)") }
  }

  /// The line that a person sees; nil if this rank keeps such lines to its file.
  package static func consoleLine(_ level: Logger.Level, _ text: String, rank: Int) -> String? {
    let who = rank == 0 ? "" : "rank \(rank): "
    switch level {
    case .trace, .debug: return nil
    case .info, .notice: return rank == 0 ? text : nil
    case .warning: return "warning: \(who)\(text)"
    case .error, .critical: return "error: \(who)\(text)"
    }
  }

  /// The line of the file: `2026-01-31T12:00:00.000Z warning  text`, further lines of the text indented.
  package static func fileLine(_ level: Logger.Level, _ text: String, time: Date) -> String {
    let stamp = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
    return "\(stamp) \(name) " + text.replacingOccurrences(of: "\n", with: "\n  ")
  }
}

/// Carries swift-log's events to a run's log.
struct RunLogHandler: LogHandler {
  let log: RunLog
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(log: RunLog) { self.log = log }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    let extra = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    log.say(event.level, "\(event.message)\(extra)")
  }
}
