import Foundation

/// The progress of a run, as it is shown to a person.
package struct ProgressState: Equatable, Sendable {
  /// Steps completed since the run's start.
  package var step: Int
  /// The step at which the run ends; nil if only time ends it.
  package var totalSteps: Int?
  /// Epochs completed, as a fraction from 0.
  package var epoch: Double
  /// The epoch at which the run ends; nil if this is not known.
  package var totalEpochs: Double?
  /// D's loss.
  package var lossD: Double
  /// G's loss.
  package var lossG: Double
  /// Mean of sigmoid(D's logit) over real pictures.
  package var dReal: Double
  /// Mean of sigmoid(D's logit) over generated pictures, in D's update.
  package var dFakeBefore: Double
  /// Mean of sigmoid(D's logit) over generated pictures, in G's update.
  package var dFakeAfter: Double
  /// Real pictures a second, all ranks together.
  package var imagesPerSecond: Double
  /// The estimated seconds to the run's end; nil while they are not known.
  package var secondsLeft: Double?
  /// The share of the run that is done, 0 to 1, for a run that ends by the clock; nil: it follows from the steps.
  package var fraction: Double?

  /// Creates a state from its parts.
  package init(
    step: Int, totalSteps: Int?, epoch: Double, totalEpochs: Double? = nil, lossD: Double, lossG: Double,
    dReal: Double, dFakeBefore: Double, dFakeAfter: Double, imagesPerSecond: Double,
    secondsLeft: Double? = nil,
    fraction: Double? = nil
  ) {
    self.step = step
    self.totalSteps = totalSteps
    self.epoch = epoch
    self.totalEpochs = totalEpochs
    self.lossD = lossD
    self.lossG = lossG
    self.dReal = dReal
    self.dFakeBefore = dFakeBefore
    self.dFakeAfter = dFakeAfter
    self.imagesPerSecond = imagesPerSecond
    self.secondsLeft = secondsLeft
    self.fraction = fraction
  }

  /// The share of the run that is done, 0 to 1; nil if it is not known.
  package var done: Double? {
    if let fraction { return min(1, max(0, fraction)) }
    guard let totalSteps, totalSteps > 0 else { return nil }
    return min(1, max(0, Double(step) / Double(totalSteps)))
  }
}

/// The form of numbers and times for people, and the lines of progress. All are pure functions.
package enum ProgressFormat {
  /// Seconds as "45 s", "12 min 05 s", "1 h 02 min" or "2 d 03 h"; "unknown" for a negative, huge or infinite number.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "unknown" }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(two(whole % 60)) s"
    case ..<86_400: return "\(whole / 3600) h \(two(whole / 60 % 60)) min"
    default: return "\(whole / 86_400) d \(two(whole / 3600 % 24)) h"
    }
  }

  /// A loss: three digits after the point below 100, one below a million, else an exponent; "nan" and "inf" as they
  /// are.
  package static func loss(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    return String(format: abs(value) < 99.9995 ? "%.3f" : abs(value) < 1e6 ? "%.1f" : "%.2e", value)
  }

  /// A probability with two digits after the point.
  package static func probability(_ value: Double) -> String {
    value.isFinite ? String(format: "%.2f", value) : "\(value)"
  }

  /// A number with about three digits, without a fraction from 100 on; "?" if it is not finite.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    return String(format: value >= 99.95 ? "%.0f" : value >= 9.995 ? "%.1f" : "%.2f", value)
  }

  /// Epochs as "1.53" or "1.53/10"; a whole total has no point.
  /// - Parameter total: the epoch at which the run ends; nil leaves it out.
  package static func epoch(_ value: Double, of total: Double?) -> String {
    let now = String(format: "%.2f", value)
    guard let total else { return now }
    return "\(now)/"
      + (total == total.rounded() ? String(format: "%.0f", total) : String(format: "%.2f", total))
  }

  /// A bar of `width` characters and two ends, of which the share `fraction` is full.
  /// - Parameter blocks: whether the bar is drawn with block characters, which divide a character into eighths.
  package static func bar(_ fraction: Double, width: Int, blocks: Bool) -> String {
    let clamped = fraction.isFinite ? min(1, max(0, fraction)) : 0
    guard blocks else {
      let full = Int((clamped * Double(width)).rounded(.down))
      return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: width - full) + "]"
    }
    let eighths = Int((clamped * Double(width * 8)).rounded(.down))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let bar = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    return "▕" + bar + String(repeating: " ", count: width - bar.count) + "▏"
  }

  /// The line of progress for a file or a pipe, with all fields.
  package static func plainLine(_ state: ProgressState) -> String {
    var line = "step \(steps(state))  epoch \(epoch(state.epoch, of: state.totalEpochs))  "
    line +=
      "loss D \(loss(state.lossD))  loss G \(loss(state.lossG))  \(opinions(state).joined(separator: "  "))  "
    line += "\(rate(state.imagesPerSecond)) images/s"
    if let left = state.secondsLeft { line += "  \(duration(left)) left" }
    return line
  }

  /// The live line, always shorter than the terminal is wide. The bar takes the room that the fields leave. If there
  /// is too little room, fields are dropped, the least important first.
  package static func liveLine(_ state: ProgressState, terminal: Terminal) -> String {
    // A line of full width would wrap and could not be redrawn in place.
    let room = max(1, terminal.columns - 1)
    let opinions = opinions(state)
    let goal = state.totalSteps.map { "\($0)".count } ?? 0
    var fields: [(text: String, keep: Int)] = [
      // Padded to the width at the end of the run, so that the fields keep their places.
      (String(repeating: " ", count: max(0, goal - "\(state.step)".count)) + steps(state), 9),
      ("epoch \(epoch(state.epoch, of: state.totalEpochs))", 3),
      ("D \(loss(state.lossD))", 7), ("G \(loss(state.lossG))", 6),
      (opinions[0], 2), (opinions[1], 1),
      ("\(rate(state.imagesPerSecond)) images/s", 4),
    ]
    if let left = state.secondsLeft { fields.append((duration(left) + " left", 8)) }
    func length() -> Int { fields.reduce(0) { $0 + $1.text.count } + 2 * (fields.count - 1) }
    let percent = state.done.map { String(format: "%3.0f%%", ($0 * 100).rounded(.down)) }
    // The room of the shortest bar: the percentage, the ends of the bar, ten characters and the gaps.
    let barRoom = percent == nil ? 0 : 4 + 1 + 12 + 2
    while fields.count > 4 && length() + barRoom > room { drop(&fields) }
    var head = ""
    if let percent, length() + barRoom <= room {
      let width = min(30, 10 + room - length() - barRoom)
      head = "\(percent) \(bar(state.done ?? 0, width: width, blocks: terminal.showsBlocks))  "
    }
    while fields.count > 1 && length() > room { drop(&fields) }
    return String((head + fields.map(\.text).joined(separator: "  ")).prefix(room))
  }

  private static func drop(_ fields: inout [(text: String, keep: Int)]) {
    if let least = fields.indices.min(by: { fields[$0].keep < fields[$1].keep }) { fields.remove(at: least) }
  }

  private static func steps(_ state: ProgressState) -> String {
    state.totalSteps.map { "\(state.step)/\($0)" } ?? "\(state.step)"
  }

  private static func opinions(_ state: ProgressState) -> [String] {
    [
      "D(x) \(probability(state.dReal))",
      "D(G(z)) \(probability(state.dFakeBefore))/\(probability(state.dFakeAfter))",
    ]
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
