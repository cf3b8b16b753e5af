import Cluster
import Foundation
import Recipes

/// The length of a run that goes on: what it recorded, and what was typed now.
///
/// `--steps`, `--epochs` and `--minutes` count from the run's start. `--more-steps`, `--more-epochs` and
/// `--more-minutes` count from the checkpoint that the run goes on from.
package struct ResumedLength: Codable, Equatable, Sendable {
  /// The length that the run recorded.
  package var recorded: RunLength
  /// A length from the run's start that was typed now; nil: none was.
  package var fromStart: RunLength?
  /// A length from here that was typed now; nil: none was. Never with `fromStart`.
  package var more: RunLength?

  /// Creates a request from its parts.
  package init(recorded: RunLength, fromStart: RunLength? = nil, more: RunLength? = nil) {
    self.recorded = recorded
    self.fromStart = fromStart
    self.more = more
  }

  /// The length that holds from now on.
  ///
  /// A length that the run has reached already would end the run at once and be recorded in place of the run's own.
  /// So it is an error, unless it is the run's own: then the run is done.
  /// - Parameters:
  ///   - run: the run's folder, for the error.
  ///   - step: steps made so far.
  ///   - seconds: training time so far.
  ///   - count: how steps and epochs belong together.
  /// - Throws: `RunError` with code 64.
  package func settled(run: String, step: Int, seconds: Double, _ count: EpochCount) throws -> RunLength {
    if let more {
      let steps = [more.steps, more.epochs.map(count.steps(ofEpochs:))].compactMap { $0 }.min()
      return RunLength(
        steps: steps.map { min(step + $0, Int(UInt32.max)) }, minutes: more.minutes.map { seconds / 60 + $0 })
    }
    guard let fromStart, fromStart != recorded else { return recorded }
    var reached: [String] = []
    if let steps = fromStart.steps, steps <= step { reached.append("--steps \(steps)") }
    if let epochs = fromStart.epochs,
      case let last = count.step(atEpochs: epochs),
      last <= step
    {
      reached.append("--epochs \(Self.words(epochs)), which ends at step \(last)")
    }
    if let minutes = fromStart.minutes, minutes * 60 <= seconds {
      reached.append("--minutes \(Self.words(minutes)), as it has trained for \(Self.words(seconds / 60))")
    }
    guard let first = reached.first else { return fromStart }
    throw RunError(
      "the run of \(run) is at step \(step), so it has reached \(first): that counts from the run's start. Give more, or "
        + "--more-steps, --more-epochs or --more-minutes, which count from here; without a length the run goes on to its "
        + "own end, \(Self.end(recorded))", code: RunExit.usage)
  }

  /// Where a length ends a run, in words.
  private static func end(_ length: RunLength) -> String {
    let ends = [
      length.epochs.map { "--epochs \(words($0))" }, length.steps.map { "--steps \($0)" },
      length.minutes.map { "--minutes \(words($0))" },
    ].compactMap { $0 }
    return ends.joined(separator: " or ")
  }

  private static func words(_ number: Double) -> String { String(format: "%.4g", number) }
}
