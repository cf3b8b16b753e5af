import Tensors
import Wording

/// What pictures can be asked for, in words.
extension Architecture {
  /// A line for each label group: `hair = black, brown, blonde; 3 classes`.
  /// - Parameters:
  ///   - pictures: [groups][classes], how many pictures there are of each class; nil: the lines do not say it.
  ///   - most: the most classes in a line; nil: all.
  package func groupLines(pictures: [[Int]]? = nil, most: Int? = nil) -> [String] {
    (conditions?.groups ?? []).enumerated().map { index, group in
      let words = group.classes.enumerated().map { place, name in
        pictures.map { "\(name) (\(grouped($0[index][place])))" } ?? name
      }
      let shown = words.prefix(most ?? words.count)
      let others = words.count > shown.count ? " and \(words.count - shown.count) more" : ""
      return "\(group.name) = \(shown.joined(separator: ", "))\(others); \(words.count) classes"
    }
  }

  /// A line for each code: `c1 = 0 to 9`, or `c2 = a number, trained from -1 to 1`.
  package var codeLines: [String] {
    let values = codes.map {
      $0.categorical.map { "0 to \($0 - 1)" }
        + Array(repeating: "a number, trained from -1 to 1", count: $0.uniform)
    }
    return (values ?? []).enumerated().map { "c\($0 + 1) = \($1)" }
  }

  /// What `generate --label` could ask for, as `hair=black,eyes=blue`: of the first two groups or codes; nil: there are
  /// none.
  package var labelExample: String? {
    let ofGroups = (conditions?.groups ?? []).compactMap { group in
      group.classes.first.map { "\(group.name)=\($0)" }
    }
    let categories = codes?.categorical.count ?? 0
    let ofCodes = codeLines.indices.map { "c\($0 + 1)=\($0 < categories ? "0" : "0.5")" }
    let parts = (ofGroups + ofCodes).prefix(2)
    return parts.isEmpty ? nil : parts.joined(separator: ",")
  }
}
