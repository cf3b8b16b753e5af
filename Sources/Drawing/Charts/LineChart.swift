import Foundation

/// A line chart as a value: curves over a common axis, with ticks, title, labels and legend.
package struct LineChart: Sendable {
  /// One curve.
  package struct Series: Sendable {
    /// Its name in the legend; nil leaves the curve out of the legend.
    package var name: String?
    /// Its colour.
    package var colour: Colour
    /// The x of each point, ascending.
    package var x: [Double]
    /// The y of each point, as many as ``x``. A value that is not finite makes a gap.
    package var y: [Double]
    /// The width of the line in pixels of a chart 1000 wide.
    package var width: Float
    /// 0 (invisible) to 1 (opaque).
    package var opacity: Float

    /// A curve from its parts.
    package init(
      name: String?, colour: Colour, x: [Double], y: [Double], width: Float = 2, opacity: Float = 1
    ) {
      precondition(x.count == y.count, "a curve has a y for each x")
      self.name = name
      self.colour = colour
      self.x = x
      self.y = y
      self.width = width
      self.opacity = opacity
    }
  }

  /// Colours that are easy to tell apart, also for colour-blind readers: blue, orange, green, red, purple, brown.
  package static let palette: [Colour] = [
    Colour(0x1F6FB4), Colour(0xE8741A), Colour(0x2A9D5C), Colour(0xC8323C), Colour(0x7B5EA7),
    Colour(0x8C6D4F),
  ]

  /// The text above the chart.
  package var title: String
  /// The text below the horizontal axis.
  package var xLabel: String
  /// The text beside the vertical axis.
  package var yLabel: String
  /// The curves; later ones are drawn over earlier ones.
  package var series: [Series]
  /// The range of the horizontal axis; nil is the range of the data.
  package var xRange: ClosedRange<Double>?
  /// The range of the vertical axis; nil is the range of the data and a little room. A curve outside it is cut off.
  package var yRange: ClosedRange<Double>?
  /// Whether x counts something, so that its ticks are whole numbers.
  package var countsX = true

  /// A chart from its parts.
  package init(
    title: String, xLabel: String, yLabel: String, series: [Series], xRange: ClosedRange<Double>? = nil,
    yRange: ClosedRange<Double>? = nil
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.xRange = xRange
    self.yRange = yRange
  }

  /// Draws the chart. Text and lines grow with its size.
  /// - Parameters:
  ///   - width: in pixels, at least 200.
  ///   - height: in pixels, at least 150.
  package func draw(width: Int = 1000, height: Int = 600) -> Raster {
    precondition(width >= 200 && height >= 150, "a chart has room for its axes")
    var painter = ChartPainter(chart: self, width: width, height: height)
    painter.paint()
    return painter.picture
  }

  /// The range of an axis: `given`, or, if it is nil or empty, the range of the finite values, widened by `room` of
  /// its width on each side. A range of zero width is widened more.
  func range(_ given: ClosedRange<Double>?, of values: [[Double]], room: Double) -> ClosedRange<Double> {
    if let given, given.upperBound > given.lowerBound { return given }
    var (low, high) = (Double.infinity, -Double.infinity)
    for part in values {
      for value in part where value.isFinite {
        low = min(low, value)
        high = max(high, value)
      }
    }
    guard low <= high else { return 0...1 }
    if high == low {
      let half = max(0.5, abs(low) * 0.1)
      return (low - half)...(high + half)
    }
    return (low - (high - low) * room)...(high + (high - low) * room)
  }
}
