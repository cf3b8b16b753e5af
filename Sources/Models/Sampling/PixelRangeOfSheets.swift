import Drawing
import Networks

extension PixelRange {
  /// This range as `SheetPictures` names it.
  package var ofSheets: SheetPictures.Range {
    switch self {
    case .symmetric: .symmetric
    case .unit: .unit
    }
  }
}
