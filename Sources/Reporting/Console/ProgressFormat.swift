import Foundation

/// Where a run is, as a person wants to see it.
package struct ProgressState: Equatable, Sendable {
  /// Steps completed since the run's start.
  package var step: Int
  /// The step at which the run ends; nil if only time ends it.
  package var totalSteps: Int?
  /// Epochs completed, as a fraction from 0.
  package var epoch: Double
  /// The epoch at which the run ends; nil if it is not known.
  package var totalEpochs: Double?
  /// D's loss.
  package var lossD: Double
  /// G's loss.
  package var lossG: Double
  /// Mean of sigmoid(D's logit) over real pictures.
  package var dReal: Double
  /// The same over generated pictures, in D's update.
  package var dFakeBefore: Double
  /// The same over generated pictures, in G's update.
  package var dFakeAfter: Double
  /// Real pictures a second, all ranks together.
  package var imagesPerSecond: Double
  /// Seconds to the run's end; nil while nothing can be said.
  package var secondsLeft: Double?
  /// How much of the run is done, 0 to 1; nil takes it from the steps. For runs that end by the clock.
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

  /// How much of the run is done, 0 to 1; nil where nothing tells.
  package var done: Double? {
    if let fraction { return min(1, max(0, fraction)) }
    guard let totalSteps, totalSteps > 0 else { return nil }
    return min(1, max(0, Double(step) / Double(totalSteps)))
  }
}

/// How numbers and times are written for people, and the lines made of them. Pure functions.
package enum ProgressFormat {
  /// "45 s", "12 min 05 s", "1 h 02 min", "2 d 03 h"; "unknown" for what is not a time.
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

  /// Three digits after the point up to 100, fewer above, where they would say nothing; "nan" and "inf" as
  /// such.
  package static func loss(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    return String(format: abs(value) < 99.9995 ? "%.3f" : abs(value) < 1e6 ? "%.1f" : "%.2e", value)
  }

  /// A probability, two digits after the point.
  package static func probability(_ value: Double) -> String {
    value.isFinite ? String(format: "%.2f", value) : "\(value)"
  }

  /// About three digits: whole numbers from 100 on.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    return String(format: value >= 99.95 ? "%.0f" : value >= 9.995 ? "%.1f" : "%.2f", value)
  }

  /// Epochs: "1.53", and a whole number without a point as a run's end.
  package static func epoch(_ value: Double, of total: Double?) -> String {
    let now = String(format: "%.2f", value)
    guard let total else { return now }
    return "\(now)/"
      + (total == total.rounded() ? String(format: "%.0f", total) : String(format: "%.2f", total))
  }

  /// A bar of `width` characters, of which `fraction` are full; with block characters it moves by eighths.
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

  /// The line for a file or a pipe, every field in it.
  package static func plainLine(_ state: ProgressState) -> String {
    var line = "step \(steps(state))  epoch \(epoch(state.epoch, of: state.totalEpochs))  "
    line +=
      "loss D \(loss(state.lossD))  loss G \(loss(state.lossG))  \(opinions(state).joined(separator: "  "))  "
    line += "\(rate(state.imagesPerSecond)) images/s"
    if let left = state.secondsLeft { line += "  \(duration(left)) left" }
    return line
  }

  /// The live line, always shorter than the terminal is wide: the bar takes what room the fields leave, and
  /// where there is too little, fields go, the least missed first.
  package static func liveLine(_ state: ProgressState, terminal: Terminal) -> String {
    // A line of full width would wrap, and could then not be redrawn in place.
    let room = max(1, terminal.columns - 1)
    let opinions = opinions(state)
    let goal = state.totalSteps.map { "\($0)".count } ?? 0
    var fields: [(text: String, keep: Int)] = [
      // As wide as at the end, so that the fields do not wander.
      (String(repeating: " ", count: max(0, goal - "\(state.step)".count)) + steps(state), 9),
      ("epoch \(epoch(state.epoch, of: state.totalEpochs))", 3),
      ("D \(loss(state.lossD))", 7), ("G \(loss(state.lossG))", 6),
      (opinions[0], 2), (opinions[1], 1),
      ("\(rate(state.imagesPerSecond)) images/s", 4),
    ]
    if let left = state.secondsLeft { fields.append((duration(left) + " left", 8)) }
    func length() -> Int { fields.reduce(0) { $0 + $1.text.count } + 2 * (fields.count - 1) }
    let percent = state.done.map { String(format: "%3.0f%%", ($0 * 100).rounded(.down)) }
    // What the shortest bar takes: its percentage, its ends, ten characters and the gaps.
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
