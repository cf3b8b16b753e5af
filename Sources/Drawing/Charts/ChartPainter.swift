/// Draws a `LineChart`: computes the layout and draws all parts.
struct ChartPainter {
  private let chart: LineChart
  private let xRange: ClosedRange<Double>
  private let yRange: ClosedRange<Double>
  private let xTicks: AxisTicks
  private let yTicks: AxisTicks
  private let plot: PixelRect
  /// The size of a pixel of a 1000 x 600 chart, in pixels of this chart.
  private let unit: Float
  private(set) var picture: Raster

  private static let ink = Colour(0x2B2B2B)
  private static let frame = Colour(0x8A8A8A)
  private static let grid = Colour(0xE6E6E6)

  private var tickText: Float { max(6, 10 * unit) }
  private var labelText: Float { max(7, 11.5 * unit) }
  private var titleText: Float { max(8, 15 * unit) }

  init(chart: LineChart, width: Int, height: Int) {
    self.chart = chart
    unit = min(Float(width) / 1000, Float(height) / 600)
    picture = Raster(width: width, height: height)
    xRange = chart.range(chart.xRange, of: chart.series.map(\.x), room: 0.015)
    yRange = chart.range(chart.yRange, of: chart.series.map(\.y), room: 0.05)
    yTicks = AxisTicks(
      from: yRange.lowerBound, to: yRange.upperBound, most: max(2, min(9, Int(Float(height) / unit / 65))))
    xTicks = AxisTicks(
      from: xRange.lowerBound, to: xRange.upperBound, most: max(2, min(10, Int(Float(width) / unit / 100))),
      wholeNumbers: chart.countsX)

    let tick = max(6, 10 * unit)
    let widest = yTicks.labels.map { StrokeFont.width(of: $0, height: tick) }.max() ?? 0
    let left = Int(widest + max(7, 11.5 * unit) * 2 + 34 * unit)
    let top = Int(max(8, 15 * unit) + 42 * unit)
    let bottom = Int(tick + max(7, 11.5 * unit) + 48 * unit)
    plot = PixelRect(x: left, y: top, width: width - left - Int(32 * unit), height: height - top - bottom)
  }

  mutating func paint() {
    paintGridAndTicks()
    paintLabels()
    if chart.series.allSatisfy({ $0.y.allSatisfy { !$0.isFinite } }) {
      StrokeFont.draw(
        "no data yet", at: Point(Float(plot.x + plot.width / 2), Float(plot.y + plot.height / 2)),
        height: labelText, colour: Self.frame, anchor: .middle, into: &picture)
    }
    for series in chart.series {
      let runs = runs(series)
      picture.stroke(runs, width: series.width * unit, series.colour, opacity: series.opacity, clip: plot)
      // A value between two gaps is drawn as a dot, as a line of one point hardly shows.
      if series.name != nil {
        picture.stroke(
          runs.filter { $0.count == 1 }, width: max(4, 3 * series.width * unit), series.colour, clip: plot)
      }
    }
    paintFrame()
    paintLegend()
  }

  private func x(_ value: Double) -> Float {
    Float(plot.x) + Float((value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound))
      * Float(plot.width)
  }

  private func y(_ value: Double) -> Float {
    Float(plot.y + plot.height)
      - Float((value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)) * Float(plot.height)
  }

  private mutating func paintGridAndTicks() {
    let thick = max(1, Int(unit.rounded()))
    let tick = max(3, Int(5 * unit))
    for (value, label) in zip(xTicks.values, xTicks.labels) {
      let at = Int(x(value))
      picture.fill(x: at, y: plot.y, width: thick, height: plot.height, Self.grid)
      picture.fill(x: at, y: plot.y + plot.height, width: thick, height: tick, Self.frame)
      StrokeFont.draw(
        label, at: Point(Float(at) + 0.5, Float(plot.y + plot.height) + tickText + 12 * unit),
        height: tickText,
        colour: Self.ink, anchor: .middle, into: &picture)
    }
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      let at = Int(y(value))
      picture.fill(x: plot.x, y: at, width: plot.width, height: thick, Self.grid)
      picture.fill(x: plot.x - tick, y: at, width: tick, height: thick, Self.frame)
      StrokeFont.draw(
        label, at: Point(Float(plot.x) - 8 * unit, Float(at) + 0.5 + tickText / 2), height: tickText,
        colour: Self.ink, anchor: .end, into: &picture)
    }
  }

  private mutating func paintFrame() {
    let thick = max(1, Int(unit.rounded()))
    for at in [plot.x, plot.x + plot.width - thick + 1] {
      picture.fill(x: at, y: plot.y, width: thick, height: plot.height + 1, Self.frame)
    }
    for at in [plot.y, plot.y + plot.height] {
      picture.fill(x: plot.x, y: at, width: plot.width + 1, height: thick, Self.frame)
    }
  }

  private mutating func paintLabels() {
    let middleX = Float(plot.x) + Float(plot.width) / 2
    let middleY = Float(plot.y) + Float(plot.height) / 2
    StrokeFont.draw(
      chart.title, at: Point(middleX, Float(plot.y) - 17 * unit), height: titleText, colour: Self.ink,
      weight: 1.25,
      anchor: .middle, into: &picture)
    StrokeFont.draw(
      chart.xLabel, at: Point(middleX, Float(picture.height) - 15 * unit), height: labelText,
      colour: Self.ink,
      anchor: .middle, into: &picture)
    StrokeFont.draw(
      chart.yLabel, at: Point(14 * unit + labelText, middleY), height: labelText, colour: Self.ink,
      anchor: .middle, upwards: true, into: &picture)
  }

  /// A curve's unbroken parts, in pixels. Of the points in one column of pixels only the first, the lowest, the
  /// highest and the last are kept. The drawing stays the same, and its time depends on the chart's width instead
  /// of the number of values.
  private func runs(_ series: LineChart.Series) -> [[Point]] {
    var runs: [[Point]] = []
    var run: [Point] = []
    var column: [Point] = []
    func emptyColumn() {
      guard let first = column.first, let last = column.last else { return }
      let low = column.max { $0.y < $1.y } ?? first
      let high = column.min { $0.y < $1.y } ?? first
      run += column.count <= 4 ? column : [first, low, high, last]
      column = []
    }
    func endRun() {
      emptyColumn()
      if !run.isEmpty { runs.append(run) }
      run = []
    }
    // Points far outside the frame are moved nearer to it: the curve looks the same, and the coordinates stay small
    // enough for floats.
    let reach = Float(plot.height) * 20
    for (valueX, valueY) in zip(series.x, series.y) {
      guard valueX.isFinite, valueY.isFinite else {
        endRun()
        continue
      }
      let middle = Float(plot.y)
      let point = Point(x(valueX), min(middle + reach, max(middle - reach, y(valueY))))
      if let last = column.last, last.x.rounded(.down) != point.x.rounded(.down) { emptyColumn() }
      column.append(point)
    }
    endRun()
    return runs
  }

  /// Draws the legend in the corner where it covers the fewest points of the curves.
  private mutating func paintLegend() {
    let entries = chart.series.filter { $0.name != nil }
    guard !entries.isEmpty else { return }
    let line = labelText * 1.9
    let sample = 26 * unit
    let gap = 10 * unit
    let widest = entries.map { StrokeFont.width(of: $0.name ?? "", height: labelText) }.max() ?? 0
    let box = (width: Int(sample + widest + 3 * gap), height: Int(line * Float(entries.count) + gap))
    guard box.width < plot.width, box.height < plot.height else { return }
    let inset = Int(10 * unit)
    let right = plot.x + plot.width - box.width - inset
    let bottom = plot.y + plot.height - box.height - inset
    let corners = [
      (right, plot.y + inset), (plot.x + inset, plot.y + inset), (right, bottom), (plot.x + inset, bottom),
    ].map { PixelRect(x: $0.0, y: $0.1, width: box.width, height: box.height) }
    let points = entries.flatMap { runs($0).flatMap { $0 } }
    func covered(_ corner: PixelRect) -> Int {
      let (left, top) = (Float(corner.x), Float(corner.y))
      return points.count {
        $0.x >= left && $0.x <= left + Float(corner.width) && $0.y >= top
          && $0.y <= top + Float(corner.height)
      }
    }
    guard let corner = corners.min(by: { covered($0) < covered($1) }) else { return }
    picture.fill(x: corner.x, y: corner.y, width: corner.width, height: corner.height, Colour(0xCFCFCF))
    picture.fill(
      x: corner.x + 1, y: corner.y + 1, width: corner.width - 2, height: corner.height - 2, .white)
    for (index, series) in entries.enumerated() {
      let middle = Float(corner.y) + gap / 2 + line * (Float(index) + 0.5)
      let left = Float(corner.x) + gap
      picture.stroke(
        [[Point(left, middle), Point(left + sample, middle)]], width: max(2, series.width) * unit,
        series.colour)
      StrokeFont.draw(
        series.name ?? "", at: Point(left + sample + gap * 0.6, middle + labelText / 2), height: labelText,
        colour: Self.ink, into: &picture)
    }
  }
}
