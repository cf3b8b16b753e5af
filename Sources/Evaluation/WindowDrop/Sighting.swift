/// What a judge says of a picture.
struct Sighting: Equatable {
  /// Above 0 where the picture seems to show the object.
  var value: Double
  /// Where it shows it; nil: nowhere, or the value is not above 0.
  var mask: PictureMask?

  /// Whether the picture shows the object: also a place was found.
  var isShown: Bool { mask != nil }
  /// Whether it does not. Of some pictures neither is sure.
  var isWithout: Bool { value <= 0 }
}

/// How well a judge does on drawn faces that it has not learnt from, half of them with the object.
package struct JudgeQuality: Equatable, Sendable {
  /// Of the faces with the object, in how many it sees it.
  package let found: Accuracy
  /// Of the faces without it, in how many it sees none.
  package let spared: Accuracy
  /// Of all faces, of how many it is right.
  package var both: Accuracy {
    Accuracy(right: found.right + spared.right, of: found.total + spared.total)
  }
  /// Of G's pictures onto which the object was drawn, in how many it sees it. Half of them are made without some random
  /// maps.
  package let laid: Accuracy
  /// Of the same pictures without it, in how many it sees it: those in which G has drawn it, and errors.
  package let bare: Accuracy
  /// Of the cells that it takes for the object, the share that are.
  package let precision: Double
  /// Of the cells in the object, the share that it finds.
  package let recall: Double
  /// The cells in both over the cells in either.
  package let overlap: Double
}

/// Counts cells that are in a known mask, in a found one, and in both.
struct CellCounts: Equatable {
  var known = 0
  var found = 0
  var both = 0

  mutating func add(known: [Bool], found: [Bool]) {
    for (known, found) in zip(known, found) {
      if known { self.known += 1 }
      if found { self.found += 1 }
      if known && found { both += 1 }
    }
  }

  var overlap: Double {
    let either = known + found - both
    return either == 0 ? 0 : Double(both) / Double(either)
  }
  var precision: Double { found == 0 ? 0 : Double(both) / Double(found) }
  var recall: Double { known == 0 ? 0 : Double(both) / Double(known) }
}
