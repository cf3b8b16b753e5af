import Datasets
import TestSupport
import Testing

/// Drawn faces with and without an object.
@Suite struct FaceObjectTests {
  @Test(arguments: FaceObject.allCases)
  func aPairDiffersWithinTheMaskAlone(_ object: FaceObject) throws {
    let pairs = try FacePairs(of: object, pairs: 12, size: 64, channels: 3, seed: 5)
    #expect(pairs.count == 24)
    for pair in 0..<12 {
      let (with, without) = (pairs.traits(of: 2 * pair), pairs.traits(of: 2 * pair + 1))
      #expect(with.wears(object) && !without.wears(object))
      // What else the face is stays.
      #expect(with == without && with.background == without.background && with.blush == without.blush)
      if object == .glasses { #expect(with.ornament == without.ornament) }
      if object != .glasses { #expect(with.glasses == without.glasses) }
      let mask = pairs.mask(of: pair)
      let share = Double(mask.count(where: \.self)) / 4_096
      #expect(share > 0.003 && share < 0.3, "\(object) takes \(share) of face \(pair)")
      guard without.ornament == .none || object == .glasses else { continue }
      let (a, b) = (try pairs.picture(2 * pair), try pairs.picture(2 * pair + 1))
      for pixel in 0..<4_096 {
        #expect((0..<3).contains { a[3 * pixel + $0] != b[3 * pixel + $0] } == mask[pixel])
      }
    }
  }

  /// A face that wears the object is the set's own picture, byte by byte.
  @Test func facesOfTheSetAreUnchanged() throws {
    let faces = try ProceduralFaces(count: 60, size: 32)
    let pairs = try FacePairs(of: .glasses, pairs: 60, size: 32, channels: 3, seed: 1)
    #expect((0..<60).contains { faces.traits(of: $0).glasses })
    for index in 0..<60 {
      let place = 2 * index + (faces.traits(of: index).glasses ? 0 : 1)
      #expect(try faces.picture(index) == pairs.picture(place))
    }
  }

  @Test func bunsHaveNoCatEars() throws {
    let ears = try FacePairs(of: .catEars, pairs: 40, size: 16, channels: 1, seed: 1)
    #expect((0..<80).allSatisfy { ears.traits(of: $0).hairStyle != .buns })
    let bows = try FacePairs(of: .bow, pairs: 40, size: 16, channels: 1, seed: 1)
    #expect((0..<80).contains { bows.traits(of: $0).hairStyle == .buns })
    // Another ornament stays where the bow is not worn.
    #expect((0..<40).contains { bows.traits(of: 2 * $0 + 1).ornament == .flower })
  }

  @Test func laterPairsFollowOnEarlierOnes() throws {
    let all = try FacePairs(of: .catEars, pairs: 10, size: 16, channels: 3, seed: 3)
    let later = try FacePairs(of: .catEars, pairs: 4, after: 6, size: 16, channels: 3, seed: 3)
    for index in 0..<8 { #expect(try later.picture(index) == all.picture(12 + index)) }
    #expect(later.fingerprint != all.fingerprint)
    #expect(throws: DatasetError.self) {
      try FacePairs(of: .bow, pairs: 0, size: 16, channels: 3, seed: 1)
    }
  }

  /// On the face that wears it, an object drawn onto the picture is that face's own.
  @Test(arguments: FaceObject.allCases)
  func anObjectIsLaidWhereItsFaceShowsIt(_ object: FaceObject) throws {
    let pairs = try FacePairs(of: object, pairs: 6, size: 48, channels: 3, seed: 4)
    for pair in 0..<6 {
      let mask = pairs.mask(of: pair)
      var ground = [UInt8](repeating: 90, count: pairs.bytesPerPicture)
      pairs.lay(pair, onto: &ground)
      for (pixel, isShown) in mask.enumerated() where !isShown {
        #expect(ground[3 * pixel..<3 * pixel + 3] == [90, 90, 90])
      }
      #expect(ground.contains { $0 != 90 })
      guard object != .catEars, pairs.traits(of: 2 * pair + 1).ornament == .none || object == .glasses else {
        continue
      }
      var face = try pairs.picture(2 * pair + 1)
      let whole = try pairs.picture(2 * pair)
      // With an ornament drawn after the glasses, or a byte that is rounded twice.
      pairs.lay(pair, onto: &face)
      let wrong = zip(face, whole).count { abs(Int($0) - Int($1)) > 2 }
      #expect(wrong == 0 || pairs.traits(of: 2 * pair).ornament != .none, "\(wrong) bytes of face \(pair)")
    }
  }
}
