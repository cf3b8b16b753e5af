import Drawing

/// `losses.png`: how both losses went, with a pale line for what was measured and a strong one for its trend.
package struct LossPlot: Sendable {
  private let chart: LineChart

  /// A run with fewer logged steps than this shows them as they are.
  static let fewestToSmooth = 60

  /// The plot of a run's logged steps, which may be none yet.
  package init(_ records: [MetricsRecord], title: String = "Losses") {
    let steps = records.map { Double($0.step) }
    self.init(
      title: title, steps: steps,
      curves: [("loss D", records.map(\.lossD)), ("loss G", records.map(\.lossG))])
  }

  /// The plot of any losses over the same steps; where one is not finite its curve has a gap.
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

  /// Draws the plot.
  package func draw(width: Int = 1000, height: Int = 600) -> Raster {
    chart.draw(width: width, height: height)
  }

  /// Each value's mean with its neighbours, the near ones counting most (a box of `window` values, twice).
  /// Gaps stay gaps and count for nothing.
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
      // About as many neighbours to both sides, so that the ends lean to neither, yet enough there to be
      // smooth.
      let (left, right) = (min(half, index), min(half, values.count - 1 - index))
      let from = index - min(left, right + half / 2)
      let to = index + min(right, left + half / 2) + 1
      return (sums[to] - sums[from]) / Double(counts[to] - counts[from])
    }
  }

  /// All of what was measured, unless a few outliers would press everything else flat: then the trends and
  /// 99% of what was measured. From zero on where that costs little room.
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
