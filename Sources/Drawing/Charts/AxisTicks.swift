import Foundation

/// The positions of an axis's ticks and their labels.
package struct AxisTicks: Equatable, Sendable {
  /// The ticks, ascending: multiples of a step that is 1, 2, 2.5 or 5 times a power of ten.
  package let values: [Double]
  /// A label for each value, all with the same number of digits after the point.
  package let labels: [String]

  /// Ticks within a range; a single tick where the range is empty or not finite.
  /// - Parameters:
  ///   - most: the most steps between ticks, at least 1; there are at least about half as many.
  ///   - wholeNumbers: whether ticks are whole numbers only.
  package init(from low: Double, to high: Double, most: Int, wholeNumbers: Bool = false) {
    guard low.isFinite, high.isFinite, high > low else {
      values = low.isFinite ? [low] : []
      labels = values.map { Self.label($0, decimals: 0) }
      return
    }
    var step = Self.niceStep(atLeast: (high - low) / Double(max(1, most)))
    if wholeNumbers { step = max(1, step.rounded(.up)) }
    // Far from zero, a narrow range may lie between two neighbouring doubles.
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard first.magnitude < 1e15, last >= first else {
      values = [low]
      labels = [Self.label(low, decimals: 0)]
      return
    }
    values = (0...Int(last - first)).map { (first + Double($0)) * step }
    let decimals = (0...12).first { digits in
      let scaled = step * pow(10, Double(digits))
      return scaled > 0.5 && abs(scaled - scaled.rounded()) < 1e-6
    }
    labels = values.map { Self.label($0, decimals: decimals ?? 12) }
  }

  /// The smallest number that is 1, 2, 2.5 or 5 times a power of ten and at least `value`.
  package static func niceStep(atLeast value: Double) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    let least = value * (1 - 1e-9)
    let factors: [Double] = [1, 2, 2.5, 5, 10]
    let factor = factors.first { $0 * power >= least } ?? 10
    return factor * power
  }

  /// A number with commas between its thousands; very large and very small numbers have an exponent.
  static func label(_ value: Double, decimals: Int) -> String {
    if value == 0 { return String(format: "%.\(decimals)f", 0.0) }
    if value.magnitude >= 1e9 || decimals > 5 { return String(format: "%.3g", value) }
    let text = String(format: "%.\(decimals)f", value.magnitude)
    let point = text.firstIndex(of: ".") ?? text.endIndex
    var whole = ""
    for (index, digit) in text[..<point].enumerated() {
      if index > 0 && (text.distance(from: text.startIndex, to: point) - index) % 3 == 0 { whole.append(",") }
      whole.append(digit)
    }
    return (value < 0 ? "-" : "") + whole + text[point...]
  }
}
