/// Something that the built-in faces wear with some probability.
package enum FaceObject: String, CaseIterable, Sendable {
  /// One of the things, as `FaceTraits` names it.
  case bow, catEars, flower, glasses, pin

  /// The noun in sentences: `a bow`, `glasses`.
  package var words: String {
    switch self {
    case .bow: "a bow"
    case .catEars: "cat ears"
    case .flower: "a flower"
    case .glasses: "glasses"
    case .pin: "a hairpin"
    }
  }

  /// What is worn in the hair; nil: glasses, which are not.
  var ornament: FaceTraits.Ornament? {
    switch self {
    case .bow: .bow
    case .catEars: .catEars
    case .flower: .flower
    case .glasses: nil
    case .pin: .pin
    }
  }
}

extension FaceTraits {
  /// Whether the face wears the object.
  package func wears(_ object: FaceObject) -> Bool {
    guard let worn = object.ornament else { return glasses }
    return ornament == worn
  }

  /// Whether faces like this one are drawn with the object: cat ears and buns would lie in the same place.
  package func canWear(_ object: FaceObject) -> Bool { object != .catEars || hairStyle != .buns }

  /// The same face with the object, in place of another ornament if that is what it is.
  package func wearing(_ object: FaceObject) -> FaceTraits {
    var traits = self
    if let worn = object.ornament { traits.ornament = worn } else { traits.glasses = true }
    return traits
  }

  /// The same face without the object; other ornaments stay.
  package func without(_ object: FaceObject) -> FaceTraits { wears(object) ? bare(of: object) : self }

  /// The same face with nothing in the object's place, neither the object nor another ornament.
  func bare(of object: FaceObject) -> FaceTraits {
    var traits = self
    if object.ornament == nil { traits.glasses = false } else { traits.ornament = .none }
    return traits
  }
}
