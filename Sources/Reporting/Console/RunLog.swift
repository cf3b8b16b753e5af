import Files
import Foundation
import Logging
import Synchronization

/// The messages of a run, for a person at the console and for the run's log file.
///
/// Rank 0 prints all messages and marks warnings and errors. Other ranks print only warnings and errors, with their
/// rank, as the lines of all ranks share one screen. In the file every line has its time and level. Messages that
/// come before the file is opened are kept and written when it is opened. If the log file cannot be written, this is
/// reported once on the console, and the run goes on.
package final class RunLog: Sendable {
  /// The rank whose messages these are.
  package let rank: Int
  /// The console to which messages are printed.
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

  /// Starts to write the rank's log file in the run's folder, and adds the messages that came before.
  /// - Throws: `FileError`. Only this method throws if the log cannot be written, as a folder without room for a log
  ///   has none for checkpoints either.
  package func open(in folder: RunFolder) throws {
    try folder.createFolders(rank: rank)
    let opened = try LineFile(path: folder.log(rank: rank))
    try state.withLock { state in
      for line in state.waiting { try opened.append(line) }
      state.waiting = []
      state.file = opened
    }
  }

  /// Drops the messages kept for a file, and keeps no more of them; for commands that write no log file.
  package func stayWithoutFile() {
    state.withLock { state in
      state.waiting = []
      state.keepsWaiting = false
    }
  }

  /// Logs a message that a person should read.
  package func info(_ text: String) { say(.info, text) }

  /// Logs a message about something that is probably wrong; the run goes on.
  package func warning(_ text: String) { say(.warning, text) }

  /// Logs a message about something that failed.
  package func error(_ text: String) { say(.error, text) }

  /// Writes a line to the file alone, for text that the live line shows on the console.
  package func record(_ text: String) { say(.info, text, printing: false) }

  /// A swift-log logger that writes through this log.
  package func logger(label: String = "dcgan-dist") -> Logger {
    Logger(label: label) { _ in RunLogHandler(log: self) }
  }

  /// Flushes the log file to the disk, before the process ends on purpose; errors are ignored.
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

  /// The line for the console; nil if this rank writes messages of this level to its file only.
  package static func consoleLine(_ level: Logger.Level, _ text: String, rank: Int) -> String? {
    let who = rank == 0 ? "" : "rank \(rank): "
    switch level {
    case .trace, .debug: return nil
    case .info, .notice: return rank == 0 ? text : nil
    case .warning: return "warning: \(who)\(text)"
    case .error, .critical: return "error: \(who)\(text)"
    }
  }

  /// The line for the file: `2026-01-31T12:00:00.000Z warning  text`; further lines of the text are indented.
  package static func fileLine(_ level: Logger.Level, _ text: String, time: Date) -> String {
    let stamp = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
    return "\(stamp) \(name) " + text.replacingOccurrences(of: "\n", with: "\n  ")
  }
}

/// Writes swift-log's events to a run's log.
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
