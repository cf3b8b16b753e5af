import Wording

/// The names among `names` that a person who typed `name` may have meant, nearest first.
///
/// Nearness is the number of letters to insert, remove, replace or swap with a neighbour (Damerau 1964,
/// restricted to adjacent swaps), letter case aside. A name that begins with what was typed counts as one
/// letter away.
/// - Returns: at most `limit` names that are no further than a third of the longer name, and at least 2,
///   letters away.
package func nearestNames(to name: String, in names: [String], limit: Int = 3) -> [String] {
  let typed = Array(name.lowercased())
  let near = names.enumerated().compactMap { place, candidate -> (name: String, distance: Int, place: Int)? in
    let letters = Array(candidate.lowercased())
    var distance = editDistance(typed, letters)
    if typed.count >= 2, letters.starts(with: typed) { distance = min(distance, 1) }
    guard distance <= max(2, max(typed.count, letters.count) / 3), distance < letters.count else {
      return nil
    }
    return (candidate, distance, place)
  }
  return near.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }.prefix(limit).map(\.name)
}

/// The end of a sentence about an unknown name: the nearest valid names, or all of them where none is near.
package func suggestion(for name: String, in names: [String]) -> String {
  let near = nearestNames(to: name, in: names)
  if near.isEmpty { return "there is \(listed(names, with: "and"))" }
  return "did you mean \(listed(near, with: "or"))?"
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var before: [Int] = []
  var above = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      row.append(best)
    }
    (before, above) = (above, row)
  }
  return above[b.count]
}
