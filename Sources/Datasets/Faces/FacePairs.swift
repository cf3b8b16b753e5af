/// Drawn faces in pairs, as many with an object as without: picture 2 i wears it, and picture 2 i + 1 is the same face
/// without it. Faces that are never drawn with the object are left out.
package struct FacePairs: PictureDataset {
  /// What half of the faces wear.
  package let object: FaceObject
  /// Pictures are `size` x `size`.
  package let size: Int
  /// 1 or 3.
  package let channels: Int
  /// No labels: a picture's place says whether it wears the object.
  package var labels: LabelTable? { nil }
  /// How many pictures: two for each pair.
  package var count: Int { 2 * faces.count }
  private let seed: UInt64
  private let first: Int
  private let faces: [FaceTraits]

  /// Pairs of faces of the set that `seed` makes.
  /// - Parameter first: how many of the faces that could be paired are passed over.
  /// - Throws: ``DatasetError/badNumber(_:)`` for no pair or a shape that no picture has.
  package init(
    of object: FaceObject, pairs: Int, after first: Int = 0, size: Int, channels: Int, seed: UInt64
  ) throws {
    try checkShape(size: size, channels: channels)
    guard pairs >= 1 else { throw DatasetError.badNumber("a data set of \(pairs) pairs cannot be made") }
    self.object = object
    self.size = size
    self.channels = channels
    self.seed = seed
    var faces: [FaceTraits] = []
    var index = 0
    while faces.count < first + pairs {
      let traits = FaceTraits(seed: seed, index: index)
      if traits.canWear(object) { faces.append(traits) }
      index += 1
    }
    self.faces = Array(faces.dropFirst(first))
    self.first = first
  }

  /// Such as `200 built-in faces (seed 2), half of them with glasses`.
  package var describe: String { "\(count) built-in faces (seed \(seed)), half of them with \(object.words)" }

  /// A hash of object, place, count, shape and seed.
  package var fingerprint: UInt64 {
    var hash = Fingerprint()
    hash.add("pairs of faces")
    hash.add(object.rawValue)
    for number in [UInt64(first), UInt64(count), UInt64(size), UInt64(channels), seed] { hash.add(number) }
    return hash.value
  }

  /// The traits of a picture.
  package func traits(of index: Int) -> FaceTraits {
    let face = faces[index / 2]
    return index % 2 == 0 ? face.wearing(object) : face.without(object)
  }

  /// Draws a picture.
  @discardableResult
  package func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    traits(of: index).draw(size: size, channels: channels, into: pixels)
    return index
  }

  /// Draws the object of picture 2 `pair` onto another picture, in the pixels that show it there.
  /// - Parameters:
  ///   - pixels: a picture of the same shape.
  ///   - opacity: from 0, which leaves the picture as it is, to 1.
  package func lay(_ pair: Int, onto pixels: UnsafeMutablePointer<UInt8>, opacity: Float = 1) {
    let drawing = FaceDrawing(faces[pair].wearing(object), size: size)
    drawing.canvas.read(pixels, channels: channels)
    drawing.drawAlone(object)
    var laid = [UInt8](repeating: 0, count: bytesPerPicture)
    drawing.canvas.write(to: &laid, channels: channels)
    for (pixel, isShown) in mask(of: pair).enumerated() where isShown {
      for at in pixel * channels..<(pixel + 1) * channels {
        let old = Float(pixels[at])
        pixels[at] = UInt8(old + (Float(laid[at]) - old) * opacity + 0.5)
      }
    }
  }

  /// The pixels that show the object in picture 2 `pair`, row by row: those that differ from the same face with nothing
  /// in the object's place.
  package func mask(of pair: Int) -> [Bool] {
    func bytes(_ traits: FaceTraits) -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: bytesPerPicture) { buffer, count in
        if let first = buffer.baseAddress { traits.draw(size: size, channels: channels, into: first) }
        count = bytesPerPicture
      }
    }
    let with = bytes(faces[pair].wearing(object))
    let bare = bytes(faces[pair].bare(of: object))
    return (0..<size * size).map { pixel in
      (pixel * channels..<(pixel + 1) * channels).contains { with[$0] != bare[$0] }
    }
  }
}

extension FaceTraits {
  /// Draws the face, size x size x channels bytes, HWC.
  func draw(size: Int, channels: Int, into pixels: UnsafeMutablePointer<UInt8>) {
    let drawing = FaceDrawing(self, size: size)
    drawing.draw()
    drawing.canvas.write(to: pixels, channels: channels)
  }
}
