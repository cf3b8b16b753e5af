import Foundation

/// Shows the progress of a run: on a terminal one live line, elsewhere a line at each log interval. The log file gets
/// the lines of the log interval in both cases. Only rank 0 has a display. It must not be used by several threads at
/// once.
package final class ProgressDisplay {
  /// The shortest time between two drawings of the live line, in seconds.
  package static let redrawInterval = 0.2

  private let log: RunLog
  private let clock: () -> Double
  private var lastDrawn = -Double.infinity
  private var lastState: ProgressState?
  private var lastLogged: Int?

  /// A display that writes through a run's log.
  /// - Parameters:
  ///   - log: the run's log.
  ///   - clock: seconds of a clock that never goes back; tests may give their own.
  package init(log: RunLog, clock: @escaping () -> Double = Pace.now) {
    self.log = log
    self.clock = clock
  }

  /// Shows a state. Call it after every step; the live line is drawn at most once in `redrawInterval`.
  /// - Parameter isDue: whether the log interval asks for a line.
  package func update(_ state: ProgressState, isDue: Bool) {
    lastState = state
    if isDue { write(state) }
    guard let terminal = log.console.terminal else { return }
    let now = clock()
    guard now - lastDrawn >= Self.redrawInterval else { return }
    lastDrawn = now
    log.console.showLive(ProgressFormat.liveLine(state, terminal: terminal))
  }

  /// Logs the newest state if it was not logged yet, and ends the live line with that state on it. Call it at every
  /// end of a run, before any other output.
  package func finish() {
    guard let state = lastState else { return }
    if lastLogged != state.step { write(state) }
    if let terminal = log.console.terminal {
      log.console.showLive(ProgressFormat.liveLine(state, terminal: terminal))
    }
    log.console.endLive()
    lastState = nil
  }

  private func write(_ state: ProgressState) {
    lastLogged = state.step
    let line = ProgressFormat.plainLine(state)
    if log.console.isTerminal { log.record(line) } else { log.info(line) }
  }
}

/// The time of a step, measured over the newest steps. So the estimate of the time left follows a change of speed
/// within seconds, and includes the time of sheets and checkpoints.
package struct Pace: Sendable {
  private var marks: [(step: Int, time: Double)] = []
  private let window: Double
  private let fewest: Int

  /// A pace over at least the last `window` seconds and at least the last `fewest` steps.
  package init(window: Double = 30, fewest: Int = 20) {
    self.window = window
    self.fewest = fewest
  }

  /// The seconds of a clock that never goes back.
  package static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// Notes that a step was completed. Before the first step, call it with the step that the run starts from.
  package mutating func mark(step: Int, at time: Double = Pace.now()) {
    marks.append((step, time))
    // The oldest mark is dropped once the mark after it covers the window.
    var surplus = 0
    while marks.count - surplus > fewest + 1 && time - marks[surplus + 1].time >= window { surplus += 1 }
    marks.removeFirst(surplus)
  }

  /// Seconds that a step takes now; nil before the first step is completed.
  package var secondsPerStep: Double? {
    guard let first = marks.first, let last = marks.last, last.step > first.step else { return nil }
    return max(0, last.time - first.time) / Double(last.step - first.step)
  }

  /// The estimated seconds until this step is completed; nil before the first step is completed.
  package func secondsLeft(to step: Int) -> Double? {
    guard let perStep = secondsPerStep, let last = marks.last else { return nil }
    return perStep * Double(max(0, step - last.step))
  }
}
