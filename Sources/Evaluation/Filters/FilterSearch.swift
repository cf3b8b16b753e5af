import CKernels
import Communication
import Datasets
import Networks
import Reporting
import Tensors

/// Finds the pictures of a data set that excite filters.
package enum FilterSearch {
  /// How many pictures a rank has in memory at a time.
  private static let block = 32 * EvaluatedDiscriminator.room

  /// Shows all pictures of the data set to each D, each rank a share of them. What is found does not depend on the number of
  /// ranks, nor of threads. Collective.
  /// - Parameters:
  ///   - discriminators: networks of one architecture.
  ///   - maps: the convolution.
  ///   - filters: channels of its maps.
  ///   - most: how many pictures each filter has at most.
  /// - Returns: on rank 0, for each D and each filter its pictures, the most exciting first; nil elsewhere.
  /// - Throws: `RunError`, the same on all ranks, where pictures cannot be read; errors of the message layer.
  package static func run(
    _ discriminators: [EvaluatedDiscriminator], _ maps: FeatureMaps, filters: [Int], most: Int,
    among dataset: any PictureDataset, on communicator: any Communicator, pool: ThreadPool,
    progress: TaskProgress
  ) throws -> [[[Excitation]]]? {
    var tops = discriminators.map { _ in TopPictures(filters: filters.count, most: most) }
    let largest = FloatBuffer(count: EvaluatedDiscriminator.room * maps.shape.channels)
    // By blocks of the list, so that a large data set needs no memory for all of its pictures.
    let block = block * communicator.size
    for begin in stride(from: 0, to: dataset.count, by: block) {
      let places = (begin..<min(begin + block, dataset.count)).map { PicturePlace(index: $0) }
      let pictures = try RankPictures([dataset], places, on: communicator, pool: pool)
      guard let bytes = pictures.bytes.baseAddress else { continue }
      for first in stride(from: 0, to: pictures.share.count, by: EvaluatedDiscriminator.room) {
        let part = min(EvaluatedDiscriminator.room, pictures.share.count - first)
        for (index, discriminator) in discriminators.enumerated() {
          try discriminator.show(UnsafePointer(bytes + first * pictures.form.count), samples: part)
          largestValues(
            discriminator.network.values(of: maps), maps.shape, samples: part, pool, into: largest)
          for sample in 0..<part {
            let picture = pictures.drawn[pictures.share.lowerBound + first + sample].index
            for (place, filter) in filters.enumerated() {
              let value = largest.data[sample * maps.shape.channels + filter]
              tops[index].add(Excitation(picture: picture, value: value), to: place)
            }
          }
        }
        // Ranks have equal shares, so this rank's progress is everyone's.
        progress.update(begin + (first + part) * communicator.size, of: dataset.count)
      }
    }
    progress.finish()
    var found: [[[Excitation]]] = []
    for top in tops {
      if let lists = try top.gathered(on: communicator) { found.append(lists) }
    }
    return communicator.isRoot ? found : nil
  }

  /// Writes the largest value of each channel of each sample, [samples][channels].
  private static func largestValues(
    _ values: UnsafePointer<Float>, _ shape: PictureShape, samples: Int, _ pool: ThreadPool,
    into largest: FloatBuffer
  ) {
    nonisolated(unsafe) let from = values
    nonisolated(unsafe) let to = largest.data
    pool.run(samples) { sample, _ in
      ck_grid_max(
        from + sample * shape.count, shape.height, shape.width, shape.channels, 1,
        to + sample * shape.channels)
    }
  }
}
