import Foundation
import Wording

/// A number of bytes in the form that people write: `512MiB`, `2G`, `0`.
package struct ByteCount: Equatable, Codable, Sendable {
  /// The number of bytes.
  package var bytes: Int

  /// This number of bytes.
  package init(_ bytes: Int) { self.bytes = bytes }

  /// Reads a number with a unit as in GNU's tools, in upper or lower case: K, M, G, T and KiB, MiB, GiB, TiB are powers
  /// of 1024; KB, MB, GB, TB are powers of 1000; B or no unit means bytes.
  /// - Returns: nil for any other text, or if the number is above ``most``.
  package init?(reading text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let number = Double(digits), let factor = Self.factor(of: unit),
      number * factor <= Double(Self.most)
    else { return nil }
    bytes = Int((number * factor).rounded())
  }

  /// The largest number that is read: more bytes than any node has.
  package static let most = 1 << 50
  /// The words of a message for the form of a text that can be read.
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

  /// The number with a unit and about three digits, rounded down: `310 MiB`, `1.5 GiB`, `0 bytes`.
  package var words: String {
    guard bytes >= 1024 else { return counted(bytes, "byte") }
    var value = Double(bytes) / 1024
    var units = ["KiB", "MiB", "GiB", "TiB"][...]
    while value >= 1024, units.count > 1 {
      value /= 1024
      units = units.dropFirst()
    }
    // Rounded down, so that a number that is reported as a bound is one.
    let tenths = (value * 10).rounded(.down) / 10
    let isWhole = value >= 100 || tenths == tenths.rounded()
    return (isWhole ? String(format: "%.0f", tenths.rounded(.down)) : String(format: "%.1f", tenths)) + " "
      + units[units.startIndex]
  }
}
