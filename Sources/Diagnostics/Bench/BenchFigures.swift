import Configuration

/// What `bench` prints: for a person, or as JSON for a program.
package protocol BenchFigures {
  /// The object for a program.
  var value: ConfigurationValue { get }
  /// Lines for a person.
  var text: String { get }
}

extension BenchFigures {
  /// The one object that `--json` prints.
  package var json: String { value.json() }
}

extension Array where Element: BenchFigures {
  /// The array that `--json` prints where several were asked for.
  package var json: String { ConfigurationValue.array(map(\.value)).json() }
}

extension ConfigurationValue {
  /// A measured number, rounded to three decimal places.
  static func measured(_ value: Double) -> ConfigurationValue { .real((value * 1000).rounded() / 1000) }
}
