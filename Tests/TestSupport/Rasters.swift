import Drawing
import Foundation

extension Raster {
  /// A smooth picture of many colours.
  package static func smooth(_ side: Int, phase: Double = 0) -> Raster {
    let bytes = (0..<side * side).flatMap { at -> [UInt8] in
      let (x, y) = (Double(at % side) / Double(side), Double(at / side) / Double(side))
      return [x, y, (sin(6 * (x + y) + phase) + 1) / 2].map { UInt8($0 * 255) }
    }
    return Raster(width: side, height: side, channels: 3, bytes: bytes)
  }

  package static func error(_ one: Raster, _ other: Raster) -> Double {
    let sum = zip(one.bytes, other.bytes).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (sum / Double(one.bytes.count)).squareRoot()
  }
}
