import Datasets
import Drawing
import Tensors

/// G's pictures without and with an object that is drawn onto them, made without some of G's maps. A judge that learns from
/// them takes neither what tells G's pictures from drawn faces nor the damage of a drop for the object, or for its absence.
struct LaidPictures {
  /// The faces that wear the objects.
  let pairs: FacePairs
  /// The seed of the first of G's pictures.
  let seeds: UInt64
  /// Decides which maps are left out.
  let seed: UInt64
  /// How opaque the palest objects are; others are evenly between it and 1. G's own are paler than drawn ones, and what a
  /// drop leaves of one may be pale and yet not gone.
  var leastOpacity: Float = 1
  /// The maps that are left out of all pictures; nil: random ones, none in half of the pictures, and else up to half.
  var dropped: [Int]?

  /// How many pictures.
  var count: Int { pairs.count / 2 }

  /// Hands out this rank's share of the pictures, with their places among all.
  /// - Throws: errors of G's forward pass, and what `body` throws.
  func each(
    _ studio: DropStudio, _ pool: ThreadPool,
    _ body: (_ places: Range<Int>, _ without: SheetPictures, _ with: SheetPictures) throws -> Void
  ) throws {
    let maps = studio.maps.shape.channels
    try studio.each((0..<UInt64(count)).map { seeds + $0 }, without: { self.leftOut($0, of: maps) }) {
      try body($0, $1, laid(onto: $1, $0, pool))
    }
  }

  /// The maps that are left out of a picture.
  private func leftOut(_ place: Int, of maps: Int) -> [Int] {
    if let dropped { return dropped }
    guard place % 2 == 1 else { return [] }
    let most = maps / 2
    let number = 1 + place / 2 % max(1, most)
    return Array(
      RandomChoice.shuffled(maps, seed: seed, stream: 20, step: Int(seeds % 65_536) + place).prefix(number))
  }

  private func laid(onto pictures: SheetPictures, _ places: Range<Int>, _ pool: ThreadPool) -> SheetPictures {
    var bytes = pictures.bytes
    let size = pictures.height * pictures.width * pictures.channels
    bytes.withUnsafeMutableBufferPointer { bytes in
      nonisolated(unsafe) let bytes = bytes
      pool.run(places.count) { sample, _ in
        guard let first = bytes.baseAddress else { return }
        let place = places.lowerBound + sample
        pairs.lay(
          place, onto: first + sample * size,
          opacity: leastOpacity + (1 - leastOpacity) * Float(place % 11) / 10)
      }
    }
    return SheetPictures(
      count: pictures.count, height: pictures.height, width: pictures.width, channels: pictures.channels,
      bytes: bytes)
  }
}
