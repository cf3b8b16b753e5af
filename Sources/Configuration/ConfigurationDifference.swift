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
}
