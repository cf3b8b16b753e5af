import Communication
import Reporting
import Tensors

/// The features of a list of pictures, on every rank.
package struct FeatureTable: Sendable {
  /// How many pictures.
  package let pictures: Int
  /// How many numbers a picture has.
  package let count: Int
  /// [pictures][count].
  package let values: FloatBuffer

  /// Room for features, all 0.
  package init(pictures: Int, count: Int) {
    self.pictures = pictures
    self.count = count
    values = FloatBuffer(count: pictures * count)
  }

  /// Computes the features of all pictures, each rank of its share. Collective.
  /// - Throws: errors of the message layer.
  package init(
    _ features: any PictureFeatures, of list: RankPictures, on communicator: any Communicator,
    progress: TaskProgress
  ) throws {
    self.init(pictures: list.count, count: features.count)
    let size = list.form.count
    for first in stride(from: 0, to: list.share.count, by: features.room) {
      let part = min(features.room, list.share.count - first)
      guard let bytes = list.bytes.baseAddress else { break }
      try features.compute(
        UnsafePointer(bytes + first * size), samples: part,
        into: values.data + (list.share.lowerBound + first) * count)
      // Ranks have equal shares, so this rank's progress is everyone's.
      progress.update((first + part) * communicator.size, of: pictures)
    }
    for rank in 0..<communicator.size {
      let share = RankPictures.share(of: pictures, rank: rank, size: communicator.size)
      try communicator.broadcast(
        UnsafeMutableRawBufferPointer(
          start: values.data + share.lowerBound * count, count: share.count * count * 4), from: rank)
    }
    progress.finish()
  }
}
