import Configuration
import Foundation
import Networks
import Wording

/// What a classification found.
package struct ClassifyReport: Sendable {
  /// The accuracies of one number of labels.
  package struct FewLabels: Sendable {
    /// How many train pictures had their label.
    package var labels: Int
    /// The share of test pictures whose class was found, for each draw.
    package var shares: [Double]

    /// The mean share.
    package var mean: Double { shares.reduce(0, +) / Double(shares.count) }
    /// The standard deviation of a draw's share; nil: there was one draw.
    package var deviation: Double? {
      guard shares.count > 1 else { return nil }
      let squares = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(shares.count - 1)).squareRoot()
    }
  }

  /// One kind of features.
  package struct Row: Sendable {
    /// What they are.
    package var features: String
    /// How many a picture has.
    package var count: Int
    /// C, chosen by cross-validation.
    package var c: Double
    /// The share that cross-validation found, for each C that it tried.
    package var tried: [(c: Double, accuracy: Double)]
    /// The test pictures by true and found class.
    package var confusion: ConfusionTable
    /// The few-label curve.
    package var fewLabels: [FewLabels]
  }

  /// How many pictures the models were trained on.
  package var trained: Int
  /// How many they were tested on.
  package var tested: Int
  /// The group of labels.
  package var group: String
  /// The names of the classes.
  package var classes: [String]
  /// D's convolutions whose maps are features.
  package var layers: [String]
  /// The kinds of features; trained D's first.
  package var rows: [Row] = []

  init(_ request: ClassifyRequest, _ pictures: LabelledPictures, layers: [FeatureMaps]) {
    trained = pictures.train.count
    tested = pictures.test.count
    group = pictures.group
    classes = pictures.classes
    self.layers = layers.map { "\($0.name) (\($0.shape))" }
  }

  /// A share as "67.9%".
  static func percent(_ share: Double) -> String { String(format: "%.1f%%", 100 * share) }
  /// C as "3.2e-05".
  static func text(c: Double) -> String { String(format: "%.2g", c) }

  /// The report for a person.
  package var text: String {
    var lines = [
      "\(grouped(trained)) train pictures, \(grouped(tested)) test pictures, \(classes.count) classes of \(group)",
      "D's features: maps of \(layers.joined(separator: ", ")), each in a 4 x 4 grid", "",
    ]
    lines +=
      TextTable(
        head: ["features", "numbers", "C", "accuracy", "95% interval"],
        rows: rows.map { row in
          let accuracy = row.confusion.accuracy
          let interval = accuracy.interval
          return [
            row.features, grouped(row.count), Self.text(c: row.c), Self.percent(accuracy.share),
            "\(Self.percent(interval.lowerBound)) to \(Self.percent(interval.upperBound))",
          ]
        }
      ).lines
    if let first = rows.first, !first.fewLabels.isEmpty {
      let draws = first.fewLabels[0].shares.count
      lines += ["", "accuracy with few labels, mean of \(draws) draws +- standard deviation of a draw", ""]
      lines +=
        TextTable(
          head: ["features"] + first.fewLabels.map { grouped($0.labels) },
          rows: rows.map { row in
            [row.features]
              + row.fewLabels.map { part in
                Self.percent(part.mean) + (part.deviation.map { String(format: " +- %.1f", 100 * $0) } ?? "")
              }
          }
        ).lines
    }
    if let first = rows.first, classes.count <= Self.mostClasses {
      lines += ["", "\(first.features): true classes down, found classes across", ""]
      lines +=
        TextTable(
          head: [""] + classes.map { String($0.prefix(Self.longestName)) },
          rows: zip(classes, first.confusion.counts).map { [$0] + $1.map(String.init) }
        ).lines
    }
    return lines.joined(separator: "\n")
  }

  /// The most classes whose confusion is printed.
  private static let mostClasses = 16
  /// The longest name of a class in the head of the table.
  private static let longestName = 6

  /// The report for a program.
  package var json: ConfigurationValue {
    .object([
      .init("train_pictures", .integer(trained)), .init("test_pictures", .integer(tested)),
      .init("group", .string(group)), .init("classes", .array(classes.map { .string($0) })),
      .init("layers", .array(layers.map { .string($0) })), .init("features", .array(rows.map(Self.json))),
    ])
  }

  private static func json(_ row: Row) -> ConfigurationValue {
    let accuracy = row.confusion.accuracy
    let interval = accuracy.interval
    return .object([
      .init("name", .string(row.features)), .init("count", .integer(row.count)), .init("c", .real(row.c)),
      .init(
        "cross_validation",
        .array(
          row.tried.map { .object([.init("c", .real($0.c)), .init("accuracy", .real($0.accuracy))]) })),
      .init("accuracy", .real(accuracy.share)),
      .init("interval", .array([.real(interval.lowerBound), .real(interval.upperBound)])),
      .init("confusion", .array(row.confusion.counts.map { .array($0.map { .integer($0) }) })),
      .init(
        "few_labels",
        .array(
          row.fewLabels.map { part in
            .object([
              .init("labels", .integer(part.labels)), .init("mean", .real(part.mean)),
              .init("accuracies", .array(part.shares.map { .real($0) })),
            ])
          })),
    ])
  }
}
