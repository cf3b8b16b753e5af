import Wording

/// The names among `names` that a person who typed `name` may have meant, nearest first.
///
/// The distance is the number of letters to insert, remove, replace or swap with a neighbour (Damerau 1964,
/// restricted to adjacent swaps); upper and lower case count as equal. A name that begins with the typed name has a
/// distance of at most 1.
/// - Returns: at most `limit` names whose distance is at most a third of the letters of the longer name, or 2 if
///   that is more.
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

/// The end of a sentence about an unknown name: the nearest valid names, or all valid names if none is near.
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
