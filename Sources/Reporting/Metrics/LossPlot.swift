import Drawing

/// `losses.png`: the curves of both losses, each with a pale line for the measured values and a strong line for
/// their trend.
package struct LossPlot: Sendable {
  private let chart: LineChart

  /// With fewer logged steps than this, the measured values are drawn without a trend.
  static let fewestToSmooth = 60

  /// The plot of a run's logged steps; `records` may be empty.
  package init(_ records: [MetricsRecord], title: String = "Losses") {
    let steps = records.map { Double($0.step) }
    self.init(
      title: title, steps: steps,
      curves: [("loss D", records.map(\.lossD)), ("loss G", records.map(\.lossG))])
  }

  /// The plot of any losses over the same steps. A value that is not finite makes a gap in its curve.
  package init(title: String, steps: [Double], curves: [(name: String, values: [Double])]) {
    let smooths = steps.count >= Self.fewestToSmooth
    let trends = curves.map {
      smooths ? Self.smoothed($0.values, window: max(5, steps.count / 40)) : $0.values
    }
    let range = Self.range(measured: curves.map(\.values), trends: trends)
    var pale: [LineChart.Series] = []
    var strong: [LineChart.Series] = []
    for (index, curve) in curves.enumerated() {
      let colour = LineChart.palette[index % LineChart.palette.count]
      if smooths {
        pale.append(.init(name: nil, colour: colour, x: steps, y: curve.values, width: 1, opacity: 0.28))
      }
      let peak = curve.values.filter(\.isFinite).max() ?? 0
      let name = peak > range.upperBound ? "\(curve.name) (peak \(ProgressFormat.rate(peak)))" : curve.name
      strong.append(.init(name: name, colour: colour, x: steps, y: trends[index], width: 2.2))
    }
    chart = LineChart(title: title, xLabel: "step", yLabel: "loss", series: pale + strong, yRange: range)
  }

  /// Draws the plot; width and height are in pixels.
  package func draw(width: Int = 1000, height: Int = 600) -> Raster {
    chart.draw(width: width, height: height)
  }

  /// The values smoothed by two passes of a moving average over `window` values, so that near neighbours count most.
  /// A value that is not finite stays a gap (NaN) and is left out of all means.
  package static func smoothed(_ values: [Double], window: Int) -> [Double] {
    let once = boxed(values.map { $0.isFinite ? $0 : .nan }, half: window / 2)
    return boxed(once, half: window / 2)
  }

  private static func boxed(_ values: [Double], half: Int) -> [Double] {
    var sums = [0.0]
    var counts = [0]
    for value in values {
      sums.append(sums[sums.count - 1] + (value.isNaN ? 0 : value))
      counts.append(counts[counts.count - 1] + (value.isNaN ? 0 : 1))
    }
    return values.indices.map { index in
      guard !values[index].isNaN else { return .nan }
      // About as many neighbours on both sides, so that the means near the ends are hardly biased, but enough of
      // them to be smooth there.
      let (left, right) = (min(half, index), min(half, values.count - 1 - index))
      let from = index - min(left, right + half / 2)
      let to = index + min(right, left + half / 2) + 1
      return (sums[to] - sums[from]) / Double(counts[to] - counts[from])
    }
  }

  /// The range of the vertical axis: all measured values, unless a few outliers would flatten everything else; then
  /// the trends and 99% of the measured values. It starts at zero if that takes little room.
  package static func range(measured: [[Double]], trends: [[Double]]) -> ClosedRange<Double> {
    let sorted = measured.flatMap { $0 }.filter(\.isFinite).sorted()
    guard let lowest = sorted.first, let highest = sorted.last else { return 0...1 }
    let finite = trends.flatMap { $0 }.filter(\.isFinite)
    let rare = sorted.count / 100
    let usualHigh = max(sorted[sorted.count - 1 - rare], finite.max() ?? highest)
    let usualLow = min(sorted[rare], finite.min() ?? lowest)
    let spread = usualHigh - usualLow
    var high = highest - usualHigh > spread * 0.5 ? usualHigh : highest
    var low = usualLow - lowest > spread * 0.5 ? usualLow : lowest
    let room = max((high - low) * 0.06, high == low ? max(0.5, abs(high) * 0.1) : 0)
    low = low >= 0 && low < (high - low) * 0.5 ? 0 : low - room
    high += room
    return low...high
  }
}
