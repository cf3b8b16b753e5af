import Drawing
import Foundation
import Reporting
import Testing

@Suite struct LossPlotTests {
  private static func records(_ losses: [Double]) -> [MetricsRecord] {
    losses.enumerated().map { index, loss in
      var record = MetricsTests.record(index + 1, lossG: loss)
      record.means.lossDFake = loss / 4
      return record
    }
  }

  private static func has(_ colour: Colour, _ picture: Raster) -> Bool {
    (0..<picture.height).contains { y in (0..<picture.width).contains { picture[$0, y] == colour } }
  }

  @Test func showsBothCurvesAtItsSize() {
    let plot = LossPlot(Self.records((0..<50).map { 2 + sin(Double($0)) })).draw()
    #expect(plot.width == 1000 && plot.height == 600)
    #expect(Self.has(LineChart.palette[0], plot) && Self.has(LineChart.palette[1], plot))
  }

  @Test(arguments: [
    [], [1], [.nan, .nan], [1, .nan, 2], [.infinity, 1], [0, 0, 0], [1e300, -1e300],
    [.leastNonzeroMagnitude, .leastNormalMagnitude],
    [Double](repeating: 3, count: 500), [-1, -2, -3],
  ])
  func drawsWhateverComes(losses: [Double]) {
    let plot = LossPlot(Self.records(losses)).draw(width: 320, height: 200)
    #expect(plot.bytes.contains { $0 < 100 })
  }

  @Test func aGapStaysAGap() {
    var losses = [Double](repeating: 1, count: 200)
    for index in 80..<120 { losses[index] = .nan }
    let smooth = LossPlot.smoothed(losses, window: 21)
    #expect(smooth.indices.allSatisfy { smooth[$0].isNaN == (80..<120).contains($0) })
    #expect(smooth.allSatisfy { $0.isNaN || abs($0 - 1) < 1e-12 })
    let chart = LineChart(
      title: "", xLabel: "", yLabel: "",
      series: [.init(name: nil, colour: Colour(255, 0, 0), x: (0..<200).map(Double.init), y: losses)])
    let picture = chart.draw()
    let red = (0..<1000).filter { x in (0..<600).contains { picture[x, $0] == Colour(255, 0, 0) } }
    let gaps = zip(red, red.dropFirst()).filter { $1 - $0 > 1 }
    #expect(gaps.count == 1 && gaps.allSatisfy { $1 - $0 > 120 })
  }

  @Test func anOutlierDoesNotPressTheRestFlat() {
    var losses = (0..<400).map { 1.5 + sin(Double($0)) }
    losses[100] = 500
    let range = LossPlot.range(
      measured: [losses], trends: [LossPlot.smoothed(losses.map { min($0, 3) }, window: 9)])
    #expect(range.lowerBound == 0 && range.upperBound > 2.5 && range.upperBound < 3)
    losses[100] = 3
    #expect(LossPlot.range(measured: [losses], trends: []).upperBound > 3)
    #expect(LossPlot.range(measured: [[7, 8]], trends: []).lowerBound > 6)
    #expect(LossPlot.range(measured: [[]], trends: []) == 0...1)
  }

  @Test func smoothingKeepsAStraightLine() {
    let line = (0..<300).map { Double($0) * 0.5 }
    let smooth = LossPlot.smoothed(line, window: 31)
    #expect((40..<260).allSatisfy { abs(smooth[$0] - line[$0]) < 1e-9 })
  }
}
