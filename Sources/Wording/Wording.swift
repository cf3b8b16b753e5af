// Forms of words that messages share, so that all messages say the same thing in the same way.

/// A number with its noun: `1 picture`, `3 pictures`.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A list of all `words` with a conjunction such as `and`: `a`, `a and b`, `a, b and c`; `nothing` for an empty list.
package func listed(_ words: [String], with conjunction: String) -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "nothing" }
  return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}

/// The first four of `words` and how many more there are: `a, b, c, d and 3 more`.
package func firstFew(_ words: [String]) -> String {
  let shown = words.prefix(4).joined(separator: ", ")
  return words.count > 4 ? "\(shown) and \(words.count - 4) more" : shown
}

/// A number, at least 0, with leading zeros up to `digits` digits, so that names sort in the order of numbers: `0007`.
/// A number with more digits keeps them all.
package func zeroPadded(_ number: some BinaryInteger, to digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// A count with its thousands set apart: 3,576,704.
package func grouped(_ count: Int) -> String {
  var digits = Array(String(count.magnitude))
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: place)
    place -= 3
  }
  return (count < 0 ? "-" : "") + String(digits)
}
