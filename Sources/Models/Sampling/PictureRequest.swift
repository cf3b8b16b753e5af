import Networks
import Tensors
import Training

/// The input of G that one picture is to be made from.
package struct PictureRequest: Sendable {
  /// The random stream that z is drawn from.
  package var z: RandomStream
  /// The random stream that decides codes and classes that are left open.
  package var chance: RandomStream
  /// A value for each code, the categorical codes first: the index of a category, or a number; nil: left
  /// open.
  package var codes: [Double?]
  /// A class for each label group; nil: left open.
  package var classes: [Int?]

  /// The request for a picture of `generate --seeds`. One seed gives one picture, whatever the run's own seed
  /// is.
  package static func generated(
    seed: UInt64, codes: [Double?] = [], classes: [Int?] = []
  ) -> PictureRequest {
    PictureRequest(
      z: RandomStream(seed: seed, purpose: .generated),
      chance: RandomStream(seed: seed, purpose: .generatedCondition), codes: codes, classes: classes)
  }

  /// The requests for the pictures of a run's sheets, row by row. They are the same at every step.
  ///
  /// Without labels and codes each picture has a z of its own. With labels, each row has a class of the first
  /// group, and each column has a z and a class of each other group. With codes, each row has one z and
  /// varies one code from left to right; the rows are divided evenly among the codes.
  package static func sheet(
    columns: Int, rows: Int, _ architecture: Architecture, seed: UInt64
  ) -> [PictureRequest] {
    func request(z: Int, chance: Int = 0, codes: [Double?] = [], classes: [Int?] = []) -> PictureRequest {
      PictureRequest(
        z: RandomStream(seed: seed, purpose: .fixedLatent, sample: z),
        chance: RandomStream(seed: seed, purpose: .fixedLatent, stream: 1, sample: chance), codes: codes,
        classes: classes)
    }
    return (0..<rows * columns).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      if let codes = architecture.codes {
        var values = [Double?](repeating: nil, count: codes.categorical.count + codes.uniform)
        let swept = row * values.count / rows
        values[swept] =
          swept < codes.categorical.count
          ? Double(column % codes.categorical[swept])
          : columns > 1 ? 2 * Double(column) / Double(columns - 1) - 1 : 0
        return request(z: row, chance: row, codes: values)
      }
      guard let groups = architecture.conditions?.groups else { return request(z: index) }
      let (round, first) = row.quotientAndRemainder(dividingBy: groups[0].classes.count)
      return request(
        z: round * columns + column,
        classes: groups.enumerated().map { place, group in place == 0 ? first : column % group.classes.count }
      )
    }
  }
}

extension GeneratorInputLayout {
  /// Overwrites the codes in a sample's input, which begins at `row`, with those of `values` that are not
  /// nil.
  func write(_ values: [Double?], to row: UnsafeMutablePointer<Float>) {
    guard let codes else { return }
    let to = row + codesAt
    for (place, value) in zip(codes.categoricalPlaces, values) {
      guard let value else { continue }
      (to + place.lowerBound).update(repeating: 0, count: place.count)
      to[place.lowerBound + Int(value)] = 1
    }
    for (place, value) in zip(codes.uniformPlaces, values.dropFirst(codes.categorical.count)) {
      if let value { to[place] = Float(value) }
    }
  }

  /// Writes the one-hot vectors of the classes into a sample's input, which begins at `row`. A class that is
  /// left open is drawn from `chance`, for group g from its element 4,096 + g.
  func write(_ classes: [Int?], to row: UnsafeMutablePointer<Float>, _ chance: RandomStream) {
    guard let conditions else { return }
    let to = row + conditionsAt
    to.update(repeating: 0, count: conditions.size)
    for group in conditions.groups.indices {
      let asked = group < classes.count ? classes[group] : nil
      to[place(ofClass: asked.map(Int32.init) ?? drawClass(group, chance, from: 4_096), group)] = 1
    }
  }
}
