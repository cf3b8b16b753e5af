import Drawing
import Models
import Networks
import Tensors
import Wording

/// The sheet of what filters see.
struct FilterDrawing {
  private let outcome: FilterOutcome
  private let form: PictureShape
  private let range: PixelRange
  private let scale: Int

  /// A sheet of `outcome`.
  /// - Parameters:
  ///   - form: the shape of a picture.
  ///   - range: the range of its numbers.
  ///   - scale: each pixel becomes a square of scale x scale pixels.
  init(_ outcome: FilterOutcome, _ form: PictureShape, _ range: PixelRange, scale: Int) {
    self.outcome = outcome
    self.form = form
    self.range = range
    self.scale = scale
  }

  /// Draws the sheet: for each filter the pictures, and below each its gradient.
  func draw() -> Raster {
    PairSheet(
      title: [
        "\(outcome.network), \(outcome.layer) (\(outcome.shape))",
        "above: the pictures that excite each filter most, of \(grouped(outcome.among))",
        "below: what in them does, by guided backpropagation",
      ],
      rowsTitle: "filter", rows: outcome.filters.map(String.init), columns: outcome.request.pictures,
      blocks: [
        .init(title: "trained D", rows: outcome.trained.map(pairs)),
        .init(title: "random D", rows: outcome.random.map(pairs)),
      ], nothing: "no picture excites it"
    ).draw(width: form.width * scale, height: form.height * scale)
  }

  private func pairs(_ responses: [FilterResponse]) -> [PairSheet.Pair] {
    responses.map { response in
      // Mid-grey is 0, and the largest number is white or, if it is negative, black.
      let largest = response.gradient.map(abs).max() ?? 0
      let gradient = response.gradient.map { largest > 0 ? $0 / largest : 0 }
      return (picture(response.pixels, range.ofSheets), picture(gradient, .symmetric))
    }
  }

  private func picture(_ pixels: [Float], _ range: SheetPictures.Range) -> Raster {
    SheetPictures(
      count: 1, height: form.height, width: form.width, channels: form.channels, pixels: pixels, range: range
    )[0].enlarged(by: scale)
  }
}
