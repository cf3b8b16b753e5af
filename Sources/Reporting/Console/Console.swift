import CSignals
import Foundation
import Synchronization

/// All output for a person: whole lines and, on a terminal, one live line below them that is redrawn in place.
///
/// All output goes through one lock, so lines of several threads never mix and never land inside the live line. Text
/// that cannot be written, as when the terminal was closed, is dropped: nobody is there to read it.
package final class Console: Sendable {
  /// The console on standard error.
  package static let standardError = Console(descriptor: STDERR_FILENO) { Terminal.behind(STDERR_FILENO) }

  private let descriptor: Int32
  private let look: @Sendable () -> Terminal?
  private let liveLine = Mutex<String?>(nil)

  /// Whether there is a terminal, and so a live line. This does not change.
  package let isTerminal: Bool

  /// A console on an open descriptor, which is not closed by the console.
  /// - Parameter terminal: the terminal, or nil if there is none. Called for each redraw, as windows are resized.
  package init(descriptor: Int32, terminal: @escaping @Sendable () -> Terminal?) {
    self.descriptor = descriptor
    look = terminal
    isTerminal = terminal() != nil
  }

  /// The terminal with its present width; nil if there is none.
  package var terminal: Terminal? { isTerminal ? look() : nil }

  /// Prints lines that stay, above the live line.
  package func print(_ text: String) {
    liveLine.withLock { write(Self.erase($0) + text + "\n" + ($0 ?? "")) }
  }

  /// Shows or replaces the live line. Nothing happens without a terminal, or after the last words.
  /// - Parameter line: one line, with fewer characters than the terminal has columns.
  package func showLive(_ line: String) {
    guard isTerminal, !LastWords.wereSaid else { return }
    liveLine.withLock {
      write(Self.erase($0) + line)
      $0 = line
      if descriptor == STDERR_FILENO { csignals_words_live(1) }
    }
  }

  /// Ends the live line: it stays on the screen, and the next output starts below it.
  package func endLive() {
    liveLine.withLock {
      if $0 != nil { write("\n") }
      $0 = nil
      if descriptor == STDERR_FILENO { csignals_words_live(0) }
    }
  }

  /// The codes that move to the start of the live line and clear it; empty if there is no live line.
  private static func erase(_ liveLine: String?) -> String { liveLine == nil ? "" : "\r\u{1b}[K" }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        systemWrite(descriptor, $0.baseAddress! + done, bytes.count - done)
      }
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      if count < 0 { return }
      done += count
    }
  }
}

/// `write` of the system, which the method above would hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
