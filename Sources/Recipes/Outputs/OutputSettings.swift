import Configuration

/// The outputs of a run that people look at, beside the metrics. A resume may change all of these options.
package struct OutputSettings: SettingsGroup {
  /// `--sheet`: the columns and rows of the sample sheets and of the sheet of real pictures, and so the number of fixed
  /// pictures.
  package var grid: PictureGrid
  /// `--sheet-padding`: pixels between and around the pictures of a sheet.
  package var padding: Int
  /// `--sheet-grey`: the grey of the padding, 0 (black) to 1 (white).
  package var paddingGrey: Double
  /// `--sheet-labels`: whether the sample sheets of networks with labels or codes name their rows and columns.
  package var labels: Bool
  /// `--single-pictures`: whether each fixed picture is also written as a separate file.
  package var singlePictures: Bool
  /// `--tensorboard`: whether the run writes an event file.
  package var tensorBoard: Bool
  /// `--animation`: whether the run makes an animation of its sheets.
  package var animation: Bool
  /// `--animation-fps`: the animation's frames a second.
  package var framesPerSecond: Double
  /// `--reals-and-fakes`: whether the run draws real pictures beside generated ones.
  package var realsAndFakes: Bool
  /// `--layer-tables`: whether a new run prints the tables of its networks; its log has them in any case.
  package var layerTables: Bool

  /// Creates settings from their parts.
  package init(
    grid: PictureGrid = PictureGrid(columns: 8, rows: 8), padding: Int = 2, paddingGrey: Double = 0,
    labels: Bool = true, singlePictures: Bool = false, tensorBoard: Bool = true, animation: Bool = true,
    framesPerSecond: Double = 5, realsAndFakes: Bool = true, layerTables: Bool = false
  ) {
    self.grid = grid
    self.padding = padding
    self.paddingGrey = paddingGrey
    self.labels = labels
    self.singlePictures = singlePictures
    self.tensorBoard = tensorBoard
    self.animation = animation
    self.framesPerSecond = framesPerSecond
    self.realsAndFakes = realsAndFakes
    self.layerTables = layerTables
  }

  /// The defaults: a sheet of 8 x 8 pictures with torchvision's padding, and all drawings but single pictures.
  package init() { self.init(grid: PictureGrid(columns: 8, rows: 8)) }

  /// The table of the options.
  package static let keys: [SettingKey<OutputSettings>] = [
    SettingKey(
      "sheet", \.grid,
      read: { reader, key in
        guard let value = reader.value(key) else { return nil }
        guard case .string(let text) = value, let grid = PictureGrid(reading: text) else {
          throw reader.wrong(key, value, "columns x rows as \"8x8\"")
        }
        return grid
      },
      write: { .string($0.text) },
      must: {
        let isRight = (1...mostAcross).contains($0.columns) && (1...mostAcross).contains($0.rows)
        return isRight ? nil : "columns x rows, each from 1 to \(mostAcross), as 8x8, and is \($0.text)"
      }),
    .whole("sheet_padding", \.padding, in: 0...64),
    .number("sheet_grey", \.paddingGrey, what: "a number from 0 (black) to 1 (white)") { $0 >= 0 && $0 <= 1 },
    .bool("sheet_labels", \.labels),
    .bool("single_pictures", \.singlePictures),
    .bool("tensorboard", \.tensorBoard),
    .bool("animation", \.animation),
    .number("animation_fps", \.framesPerSecond, what: "a number of frames a second from 0.01 to 50") {
      $0 >= 0.01 && $0 <= 50
    },
    .bool("reals_and_fakes", \.realsAndFakes),
    .bool("layer_tables", \.layerTables),
  ]

  /// The most columns or rows of a sheet.
  static let mostAcross = 64
}
