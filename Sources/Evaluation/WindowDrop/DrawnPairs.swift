import Communication
import Datasets
import Tensors

/// Drawn faces with and without an object, and where it is; each rank keeps its share of the faces.
struct DrawnPairs {
  /// The faces: picture 2 i wears the object, and picture 2 i + 1 is the same face without it.
  let pictures: RankPictures
  /// The cells in the object, for each pair.
  let masks: [[Bool]]

  /// Draws them. Collective.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  init(_ pairs: FacePairs, grid: Grid, on communicator: any Communicator, pool: ThreadPool) throws {
    pictures = try RankPictures(
      [pairs], (0..<pairs.count).map { PicturePlace(index: $0) }, on: communicator, pool: pool)
    masks = Self.masks(pairs.count / 2, size: pairs.size, grid, pool) { pairs.mask(of: $0) }
  }

  /// The cells of so many masks in pixels, each made by `pixels`.
  static func masks(
    _ count: Int, size: Int, _ grid: Grid, _ pool: ThreadPool, _ pixels: (Int) -> [Bool]
  ) -> [[Bool]] {
    var masks = [[Bool]](repeating: [], count: count)
    masks.withUnsafeMutableBufferPointer { masks in
      nonisolated(unsafe) let masks = masks
      pool.run(count) { pair, _ in
        masks[pair] = PictureMask(height: size, width: size, pixels: pixels(pair)).cells(of: grid)
      }
    }
    return masks
  }

  /// How many pairs.
  var count: Int { masks.count }

  /// Hands out this rank's pictures, at most `room` at a time, with their places in the list.
  func each(_ room: Int, _ body: (Range<Int>, UnsafePointer<UInt8>) throws -> Void) rethrows {
    guard let bytes = pictures.bytes.baseAddress else { return }
    for first in stride(from: pictures.share.lowerBound, to: pictures.share.upperBound, by: room) {
      let places = first..<min(first + room, pictures.share.upperBound)
      try body(places, bytes + (first - pictures.share.lowerBound) * pictures.form.count)
    }
  }
}
