import Foundation

/// Shows how far a task of known length is: on a terminal as a live line, elsewhere as one line at its end.
package final class TaskProgress {
  private let name: String
  private let unit: String
  private let console: Console?
  private let clock: () -> Double
  private let start: Double
  private var lastDrawn = -Double.infinity
  private var state: (done: Int, total: Int)?

  /// A task that begins now.
  /// - Parameters:
  ///   - name: what is done, such as "features of D".
  ///   - unit: what is counted, in the plural: "pictures".
  ///   - console: where it is shown; nil: nowhere, as on all ranks but rank 0.
  ///   - clock: seconds of a clock that never goes back; tests may give their own.
  package init(
    _ name: String, of unit: String, on console: Console?, clock: @escaping () -> Double = Pace.now
  ) {
    self.name = name
    self.unit = unit
    self.console = console
    self.clock = clock
    start = clock()
  }

  /// Says that `done` of `total` are done.
  package func update(_ done: Int, of total: Int) {
    let done = min(done, total)
    state = (done, total)
    let now = clock()
    guard now - lastDrawn >= ProgressDisplay.redrawInterval else { return }
    lastDrawn = now
    draw(line(now))
  }

  /// Says how far a task of unknown length is, on a terminal alone.
  package func show(_ words: String) { draw("\(name): \(words)") }

  /// Ends the task: the last line stays.
  package func finish() {
    guard let state else { return }
    end("\(state.total) \(unit) in \(ProgressFormat.duration(clock() - start))")
  }

  /// Ends the task with words of its own.
  package func end(_ words: String) {
    guard let console else { return }
    let line = "\(name): \(words)"
    state = nil
    guard console.isTerminal else { return console.print(line) }
    draw(line)
    console.endLive()
  }

  private func draw(_ line: String) {
    guard let console, let terminal = console.terminal else { return }
    console.showLive(String(line.prefix(max(1, terminal.columns - 1))))
  }

  private func line(_ now: Double) -> String {
    guard let state, state.done > 0 else { return name }
    let left = (now - start) / Double(state.done) * Double(state.total - state.done)
    return "\(name): \(state.done)/\(state.total) \(unit)  \(ProgressFormat.duration(left)) left"
  }
}
