extension ConfigurationValue {
  /// The first value in which two configurations differ, with its path; nil if they are equal. Objects with other keys
  /// and lists of other lengths differ as a whole.
  /// - Parameter path: the path of this value, to which the paths of inner values are added.
  package func firstDifference(from other: ConfigurationValue, path: String = "") -> (
    path: String, own: Self, other: Self
  )? {
    func inner(_ key: String) -> String { path.isEmpty ? key : path + "." + key }
    switch (self, other) {
    case (.object(let mine), .object(let theirs)) where mine.map(\.key) == theirs.map(\.key):
      for (one, two) in zip(mine, theirs) {
        if let found = one.value.firstDifference(from: two.value, path: inner(one.key)) { return found }
      }
      return nil
    case (.array(let mine), .array(let theirs)) where mine.count == theirs.count:
      for (place, (one, two)) in zip(mine, theirs).enumerated() {
        if let found = one.firstDifference(from: two, path: inner("\(place)")) { return found }
      }
      return nil
    default: return self == other ? nil : (path, self, other)
    }
  }

  /// A value in which two configurations differ.
  package struct Difference: Equatable, Sendable {
    /// Its path of keys, as `loss.kind`.
    package let path: String
    /// The value of the one configuration; null where it lacks the key.
    package let own: ConfigurationValue
    /// The value of the other; null where it lacks the key.
    package let other: ConfigurationValue
  }

  /// All values in which two configurations differ, in this one's order. Lists differ as a whole.
  /// - Parameter path: the path of this value, to which the paths of inner values are added.
  package func differences(from other: ConfigurationValue, path: String = "") -> [Difference] {
    guard case .object(let mine) = self, case .object(let theirs) = other else {
      return self == other ? [] : [Difference(path: path, own: self, other: other)]
    }
    let keys = mine.map(\.key) + theirs.map(\.key).filter { self[$0] == nil }
    return keys.flatMap { key in
      (self[key] ?? .null).differences(
        from: other[key] ?? .null, path: path.isEmpty ? key : path + "." + key)
    }
  }
}
