import Foundation
import Wording

/// A number of bytes, as people write it: `512MiB`, `2G`, `0`.
package struct ByteCount: Equatable, Codable, Sendable {
  /// How many.
  package var bytes: Int

  /// So many bytes.
  package init(_ bytes: Int) { self.bytes = bytes }

  /// Reads a number with a unit as GNU's tools know them, in letters of either case: K, M, G, T and KiB, MiB, GiB, TiB are
  /// powers of 1024, KB, MB, GB, TB of 1000, none is bytes.
  /// - Returns: nil for anything else, and above ``most``.
  package init?(reading text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let number = Double(digits), let factor = Self.factor(of: unit),
      number * factor <= Double(Self.most)
    else { return nil }
    bytes = Int((number * factor).rounded())
  }

  /// More than any node has.
  package static let most = 1 << 50
  /// What a text must be.
  package static let form = "a number of bytes such as 0, 512MiB or 2G"

  private static func factor(of unit: String) -> Double? {
    if unit.isEmpty || unit == "b" { return 1 }
    guard let first = unit.first, let place = "kmgt".firstIndex(of: first) else { return nil }
    let power = Double("kmgt".distance(from: "kmgt".startIndex, to: place) + 1)
    switch unit.dropFirst() {
    case "", "ib": return pow(1024, power)
    case "b": return pow(1000, power)
    default: return nil
    }
  }

  /// `310 MiB`, `1.5 GiB`, `0 bytes`: about three digits.
  package var words: String {
    guard bytes >= 1024 else { return counted(bytes, "byte") }
    var value = Double(bytes) / 1024
    var units = ["KiB", "MiB", "GiB", "TiB"][...]
    while value >= 1024, units.count > 1 {
      value /= 1024
      units = units.dropFirst()
    }
    // Down, so that what is told as a bound is one.
    let tenths = (value * 10).rounded(.down) / 10
    let isWhole = value >= 100 || tenths == tenths.rounded()
    return (isWhole ? String(format: "%.0f", tenths.rounded(.down)) : String(format: "%.1f", tenths)) + " "
      + units[units.startIndex]
  }
}
