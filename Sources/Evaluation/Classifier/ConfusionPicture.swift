import Drawing

/// A confusion table as a picture.
struct ConfusionPicture {
  private let table: ConfusionTable

  init(_ table: ConfusionTable) { self.table = table }

  func draw() -> Raster {
    let accuracy = table.accuracy
    // The stroke font has ASCII alone; a name that it cannot write is shown by its number.
    let names = table.classes.enumerated().map { StrokeFont.has($1) ? $1 : "\($0)" }
    return TableChart(
      title: "\(ClassifyReport.percent(accuracy.share)) of \(accuracy.total) test pictures",
      rowsTitle: "true class", columnsTitle: "found class", names: names, counts: table.counts
    ).draw()
  }
}
