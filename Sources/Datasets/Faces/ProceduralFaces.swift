import Tensors

/// The built-in data set: cartoon faces, drawn from (seed, index) at any size, labelled by hair and eye
/// colour.
///
/// No file is read and no picture is kept: a face is drawn when it is asked for, with the same bytes on every
/// machine.
package struct ProceduralFaces: PictureDataset {
  /// How many faces the set has unless another number is asked for.
  package static let defaultCount = 10_000
  /// The hair colours, sorted by name: the classes of the group `hair`.
  package static var hairColours: [FaceColour] { FacePalette.hair }
  /// The eye colours, sorted by name: the classes of the group `eyes`.
  package static var eyeColours: [FaceColour] { FacePalette.eyes }
  /// The groups that the faces are labelled by, `hair` and `eyes`.
  package static var groups: [LabelGroup] {
    [
      LabelGroup(name: "hair", classes: hairColours.map(\.name)),
      LabelGroup(name: "eyes", classes: eyeColours.map(\.name)),
    ]
  }

  /// How many faces the set has.
  package let count: Int
  /// Pictures are `size` x `size`.
  package let size: Int
  /// 1 or 3.
  package let channels: Int
  /// The seed that the faces are drawn from.
  package let seed: UInt64
  /// The classes of every face in ``groups``; never nil.
  package let labels: LabelTable?

  /// Creates a set of faces.
  /// - Throws: ``DatasetError/badNumber(_:)`` for a count below 1 or a shape that no picture has.
  package init(count: Int = Self.defaultCount, size: Int, channels: Int = 3, seed: UInt64 = 1) throws {
    try checkShape(size: size, channels: channels)
    guard count >= 1 && count <= 100_000_000 else {
      throw DatasetError.badNumber("a data set of \(count) faces cannot be made; it has 1 to 100000000")
    }
    self.count = count
    self.size = size
    self.channels = channels
    self.seed = seed
    labels = Self.labels(count: count, seed: seed)
  }

  private static func labels(count: Int, seed: UInt64) -> LabelTable {
    var classes: [Int32] = []
    classes.reserveCapacity(2 * count)
    for index in 0..<count {
      let traits = FaceTraits(seed: seed, index: index)
      classes.append(Int32(traits.hairColour))
      classes.append(Int32(traits.eyeColour))
    }
    return LabelTable(groups: groups, classIndices: classes)
  }

  /// Such as `10000 built-in faces (seed 1), labelled by hair, eyes`.
  package var describe: String { "\(count) built-in faces (seed \(seed)), labelled by hair, eyes" }

  /// A hash of count, shape and seed.
  package var fingerprint: UInt64 {
    var hash = Fingerprint()
    hash.add("faces")
    for number in [UInt64(count), UInt64(size), UInt64(channels), seed] { hash.add(number) }
    return hash.value
  }

  /// The traits that face `index` is drawn from.
  package func traits(of index: Int) -> FaceTraits { FaceTraits(seed: seed, index: index) }

  /// Draws face `index`.
  @discardableResult
  package func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    traits(of: index).draw(size: size, channels: channels, into: pixels)
    return index
  }
}
