import Foundation

/// Shows how a run goes: on a terminal one live line, elsewhere a line at each log interval. The log file
/// gets the lines of the log interval either way. Rank 0 alone has one. Not for use by several threads at
/// once.
package final class ProgressDisplay {
  /// The shortest time between two drawings of the live line, in seconds.
  package static let redrawInterval = 0.2

  private let log: RunLog
  private let clock: () -> Double
  private var lastDrawn = -Double.infinity
  private var lastState: ProgressState?
  private var lastLogged: Int?

  /// A display that speaks through a run's log.
  /// - Parameters:
  ///   - clock: seconds that never go back; the machine's own unless a test brings one.
  package init(log: RunLog, clock: @escaping () -> Double = Pace.now) {
    self.log = log
    self.clock = clock
  }

  /// Shows a state. Call it after every step; it draws only when it is time to.
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

  /// Ends the live line with the newest state on it, or logs that state if no line has said it. Call it at
  /// every end of a run, before anything else is said.
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

/// How fast steps go, from the newest of them, so that the time left follows a change of speed within seconds
/// and counts sheets and checkpoints in. A value.
package struct Pace: Sendable {
  private var marks: [(step: Int, time: Double)] = []
  private let window: Double
  private let fewest: Int

  /// A pace over at least the last `window` seconds and at least the last `fewest` steps.
  package init(window: Double = 30, fewest: Int = 20) {
    self.window = window
    self.fewest = fewest
  }

  /// Seconds that never go back.
  package static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// Notes that a step was completed. Call it once more before the first step, with the step the run starts
  /// from.
  package mutating func mark(step: Int, at time: Double = Pace.now()) {
    marks.append((step, time))
    // The oldest mark goes when the next one is old enough by itself.
    var surplus = 0
    while marks.count - surplus > fewest + 1 && time - marks[surplus + 1].time >= window { surplus += 1 }
    marks.removeFirst(surplus)
  }

  /// Seconds that a step takes now; nil before the first is completed.
  package var secondsPerStep: Double? {
    guard let first = marks.first, let last = marks.last, last.step > first.step else { return nil }
    return max(0, last.time - first.time) / Double(last.step - first.step)
  }

  /// Seconds until this step is completed; nil before the first is.
  package func secondsLeft(to step: Int) -> Double? {
    guard let perStep = secondsPerStep, let last = marks.last else { return nil }
    return perStep * Double(max(0, step - last.step))
  }
}
