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
    guard let terminal = console?.terminal else { return }
    let now = clock()
    guard now - lastDrawn >= ProgressDisplay.redrawInterval else { return }
    lastDrawn = now
    console?.showLive(String(line(now).prefix(max(1, terminal.columns - 1))))
  }

  /// Ends the task: the last line stays.
  package func finish() {
    guard let state, let console else { return }
    let text = "\(name): \(state.total) \(unit) in \(ProgressFormat.duration(clock() - start))"
    self.state = nil
    if let terminal = console.terminal {
      console.showLive(String(text.prefix(max(1, terminal.columns - 1))))
      console.endLive()
    } else {
      console.print(text)
    }
  }

  private func line(_ now: Double) -> String {
    guard let state, state.done > 0 else { return name }
    let left = (now - start) / Double(state.done) * Double(state.total - state.done)
    return "\(name): \(state.done)/\(state.total) \(unit)  \(ProgressFormat.duration(left)) left"
  }
}
