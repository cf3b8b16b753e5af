import Foundation

/// Where an axis has its marks, and what is written there.
package struct AxisTicks: Equatable, Sendable {
  /// Multiples of one of 1, 2, 2.5 and 5 times a power of ten, from low to high.
  package let values: [Double]
  /// One for each value: all with as many digits after the point as the finest needs.
  package let labels: [String]

  /// Marks within a range.
  /// - Parameters:
  ///   - most: at most so many steps, at least 1; about half of them at the least.
  ///   - wholeNumbers: no marks between whole numbers.
  package init(from low: Double, to high: Double, most: Int, wholeNumbers: Bool = false) {
    guard low.isFinite, high.isFinite, high > low else {
      values = low.isFinite ? [low] : []
      labels = values.map { Self.label($0, decimals: 0) }
      return
    }
    var step = Self.niceStep(atLeast: (high - low) / Double(max(1, most)))
    if wholeNumbers { step = max(1, step.rounded(.up)) }
    // A range far from zero may be narrower than what doubles can tell apart.
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

  /// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `value`.
  package static func niceStep(atLeast value: Double) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    let least = value * (1 - 1e-9)
    let factors: [Double] = [1, 2, 2.5, 5, 10]
    let factor = factors.first { $0 * power >= least } ?? 10
    return factor * power
  }

  /// A number with its thousands parted by commas; very large and very small ones with an exponent.
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
