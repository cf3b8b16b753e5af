import Drawing
import Networks

extension PixelRange {
  /// What sheets call it.
  package var ofSheets: SheetPictures.Range {
    switch self {
    case .symmetric: .symmetric
    case .unit: .unit
    }
  }
}
