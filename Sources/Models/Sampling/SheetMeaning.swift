import Drawing
import Foundation
import Networks
import Training

extension SheetLabels {
  /// Finds what a sheet, its rows and its columns stand for, from the inputs that its pictures are made from.
  ///
  /// A label group or a code with one value for all pictures is named in the title. A group with one class in each row
  /// names the rows, and one with one class in each column names the columns; what is mixed is not named. Where each row
  /// varies just one code, from low to high, the row has the name and the range of that code.
  /// - Parameters:
  ///   - inputs: G's inputs, [pictures][z, codes, one-hot labels], row by row.
  ///   - columns: the pictures in a row.
  package init(ofInputs inputs: [Float], columns: Int, _ architecture: Architecture) {
    self.init()
    let layout = GeneratorInputLayout(architecture)
    let samples = stride(from: 0, to: inputs.count, by: layout.count)
    func classes(_ place: Range<Int>, at first: Int) -> [Float] {
      samples.map { sample in
        Float(place.first { inputs[sample + first + $0] == 1 }.map { $0 - place.lowerBound } ?? 0)
      }
    }
    let groups = (layout.conditions.map { zip($0.groups, $0.places).map { $0 } } ?? []).enumerated().map {
      index, group in
      Quantity(
        name: Self.drawn(group.0.name) ?? "group \(index + 1)", columns: columns,
        values: classes(group.1, at: layout.conditionsAt),
        word: { Self.drawn(group.0.classes[Int($0)]) ?? "#\(Int($0))" })
    }
    let places = layout.codes.map { ($0.categoricalPlaces, $0.uniformPlaces) } ?? ([], 0..<0)
    let codeValues =
      places.0.map { classes($0, at: layout.codesAt) }
      + places.1.map { place in samples.map { inputs[$0 + layout.codesAt + place] } }
    let codes = codeValues.enumerated().map { index, values in
      Quantity(
        name: "c\(index + 1)", columns: columns, values: values, word: { String(format: "%.3g", $0) })
    }

    title = (groups + codes).compactMap(\.ofAll)
    let mixed = groups.filter { $0.ofAll == nil }
    let ofRows = mixed.filter { $0.ofRows != nil }
    let ofColumns = mixed.filter { $0.ofRows == nil && $0.ofColumns != nil }
    rowsTitle = ofRows.map(\.name).joined(separator: ", ")
    columnsTitle = ofColumns.map(\.name).joined(separator: ", ")
    rows = Self.joined(ofRows.compactMap(\.ofRows) + [Quantity.sweeps(codes)].compactMap { $0 })
    self.columns = Self.joined(ofColumns.compactMap(\.ofColumns))
  }

  /// A name as it is, if the font has all of its characters.
  private static func drawn(_ name: String) -> String? { StrokeFont.has(name) ? name : nil }

  /// The names that several lists give the same rows or columns.
  private static func joined(_ lists: [[String]]) -> [String] {
    (lists.first ?? []).indices.map { line in lists.map { $0[line] }.joined(separator: ", ") }
  }
}

/// A label group or a code of a sheet's pictures.
private struct Quantity {
  let name: String
  /// Pictures in a row.
  let columns: Int
  /// The value in each picture: the index of a class or category, or a number.
  let values: [Float]
  /// The word for a value.
  let word: (Float) -> String

  /// The name and the value that all pictures have; nil: they have several.
  var ofAll: String? { values.allSatisfy { $0 == values[0] } ? "\(name) = \(word(values[0]))" : nil }

  /// The word of each row; nil: a row has several values.
  var ofRows: [String]? { words { $0 / columns } }

  /// The word of each column; nil: a column has several values.
  var ofColumns: [String]? { words { $0 % columns } }

  /// - Parameter line: the row or column of a picture. A line's first picture comes after those of the lines before it.
  private func words(_ line: (Int) -> Int) -> [String]? {
    var found: [Float] = []
    for (index, value) in values.enumerated() {
      if line(index) == found.count { found.append(value) }
      guard found[line(index)] == value else { return nil }
    }
    return found.map(word)
  }

  /// The name and the range of the one code that each row varies; nil: a row varies none or several, or in no order.
  static func sweeps(_ codes: [Quantity]) -> [String]? {
    guard let first = codes.first else { return nil }
    var names: [String] = []
    for row in stride(from: 0, to: first.values.count, by: first.columns) {
      let swept = codes.compactMap { code -> String? in
        let part = code.values[row..<min(row + code.columns, code.values.count)]
        guard let least = part.min(), let most = part.max(), least < most else { return nil }
        // A row that has more pictures than a code has values begins again with the first.
        let ascends = zip(part, part.dropFirst()).allSatisfy { $0 < $1 || $1 == least } && part.first == least
        return ascends ? "\(code.name) \(code.word(least)) to \(code.word(most))" : ""
      }
      guard swept.count == 1, let name = swept.first, !name.isEmpty else { return nil }
      names.append(name)
    }
    return names
  }
}
