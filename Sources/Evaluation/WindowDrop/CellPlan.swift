/// Which positions of maps a regression is fitted on: as many in the object as beside it in the same pictures, and as many at
/// the same places in pictures without the object, where there are such pictures.
///
/// The paper takes positions inside boxes and random others of the same pictures. Without the second kind of negatives a map
/// that draws what always lies under the object, such as eyes under glasses, would count as the object's.
struct CellPlan: Equatable {
  /// A position of one picture.
  struct Row: Equatable {
    var cell: Int
    var isInside: Bool
    /// Its place among all rows.
    var place: Int
  }

  /// The rows of each picture of the list.
  private(set) var rows: [[Row]]
  /// Whether each row lies in the object.
  private(set) var isInside: [Bool] = []

  /// How many rows.
  var count: Int { isInside.count }

  /// The most positions in the object that are taken.
  static let mostInside = 8_000

  /// Chooses rows.
  /// - Parameters:
  ///   - masks: the cells in the object of each picture; nil: the picture does not show it.
  ///   - seed: decides which cells.
  ///   - stream: tells uses of one seed apart.
  init(_ masks: [[Bool]?], seed: UInt64, stream: Int) {
    rows = Array(repeating: [], count: masks.count)
    let without = masks.indices.filter { masks[$0] == nil }
    let with = masks.indices.filter { masks[$0] != nil }
    let most = max(1, Self.mostInside / max(1, with.count))
    for (number, picture) in with.enumerated() {
      guard let mask = masks[picture] else { continue }
      let order = RandomChoice.shuffled(mask.count, seed: seed, stream: stream, step: picture)
      let inside = order.filter { mask[$0] }.prefix(most)
      for cell in inside { add(cell, of: picture, isInside: true) }
      for cell in order.filter({ !mask[$0] }).prefix(inside.count) { add(cell, of: picture, isInside: false) }
      guard !without.isEmpty else { continue }
      for cell in inside { add(cell, of: without[number % without.count], isInside: false) }
    }
  }

  private mutating func add(_ cell: Int, of picture: Int, isInside: Bool) {
    rows[picture].append(Row(cell: cell, isInside: isInside, place: count))
    self.isInside.append(isInside)
  }
}
