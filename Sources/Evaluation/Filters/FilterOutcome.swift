import Configuration
import Networks
import Tensors
import Wording

/// What filters of D see.
package struct FilterOutcome: Equatable, Sendable {
  /// What was asked for.
  package var request: FilterRequest
  /// The name of the networks.
  package var network: String
  /// The convolution: `discriminator.main.8`.
  package var layer: String
  /// One picture's maps.
  package var shape: PictureShape
  /// How many pictures were looked at.
  package var among: Int
  /// The filters, in the order that was asked for.
  package var filters: [Int]
  /// For each filter the pictures that excite that of the trained D most, fewer than were asked for where no others excite
  /// it.
  package var trained: [[FilterResponse]]
  /// The same of the D with random weights.
  package var random: [[FilterResponse]]

  /// What a person is told.
  package var lines: [String] {
    var lines = [
      "wrote \(request.out): \(counted(filters.count, "filter")) of \(layer) of \(network), among "
        + "\(grouped(among)) \(among == 1 ? "picture" : "pictures")"
    ]
    for (name, rows) in [("the trained D", trained), ("the random D", random)] {
      for (filter, row) in zip(filters, rows) where row.count < min(request.pictures, among) {
        let none = "no picture excites it: its maps are nowhere above 0"
        let few = "only \(counted(row.count, "picture")) \(row.count == 1 ? "excites" : "excite") it"
        lines.append("filter \(filter) of \(name): \(row.isEmpty ? none : few)")
      }
    }
    if let raw = request.raw {
      lines.append("wrote \(raw): \(counted(trained.joined().count, "picture")) with gradients")
    }
    return lines
  }

  /// The outcome as one object.
  package var json: ConfigurationValue {
    func rows(_ rows: [[FilterResponse]]) -> ConfigurationValue {
      .array(rows.map { .array($0.map(\.json)) })
    }
    return .object([
      .init("out", .string(request.out)), .init("raw", request.raw.map { .string($0) } ?? .null),
      .init("network", .string(network)), .init("layer", .string(layer)),
      .init("maps", .array([shape.height, shape.width, shape.channels].map { .integer($0) })),
      .init("among", .integer(among)), .init("filters", .array(filters.map { .integer($0) })),
      .init("trained", rows(trained)), .init("random", rows(random)),
    ])
  }
}

extension FilterResponse {
  fileprivate var json: ConfigurationValue {
    .object([
      .init("picture", .integer(excitation.picture)), .init("value", .real(Double(excitation.value))),
      .init("row", .integer(row)), .init("column", .integer(column)),
    ])
  }
}
