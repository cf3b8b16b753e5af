import CKernels
import Communication
import Reporting
import Tensors

/// The features of Coates, Ng and Lee (2011): each patch of a picture against the centroids of a dictionary, by their triangle
/// activation, added up over the four quarters of the picture.
package final class PatchFeatures: PictureFeatures {
  /// What tables call them.
  package let name = "patches, k-means"
  /// A number of each centroid and quarter.
  package let count: Int
  /// Pictures are computed one by one.
  package let room = 64
  private let dictionary: PatchDictionary
  private let form: PictureShape
  private let stride: Int
  private let pool: ThreadPool
  /// For each thread patches, whitened ones, and their products with the centroids; of a row of patches at a time.
  private let scratch: [(patches: FloatBuffer, white: FloatBuffer, dots: FloatBuffer)]

  /// Learns the dictionary from the first `pictures` of a list. Collective. Patches begin at every pixel of a picture of
  /// 32 x 32; of a larger one as many.
  /// - Throws: `BLASError` where eigenvectors cannot be computed; errors of the message layer.
  package init(
    _ list: RankPictures, pictures: Int, seed: UInt64, on communicator: any Communicator, pool: ThreadPool,
    console: Console? = nil
  ) throws {
    form = list.form
    stride = max(1, list.form.height / 32)
    self.pool = pool
    let dictionary = try PatchDictionary(
      list, pictures: pictures, stride: stride, seed: seed, on: communicator, pool: pool,
      progress: TaskProgress("\(name): learning", of: "rounds", on: console))
    self.dictionary = dictionary
    count = 4 * dictionary.count
    let columns = ck_patch_count(form.width, PatchDictionary.side, stride)
    scratch = (0..<pool.threads).map { _ in
      (
        FloatBuffer(count: columns * dictionary.size), FloatBuffer(count: columns * dictionary.size),
        FloatBuffer(count: columns * dictionary.count)
      )
    }
  }

  /// Writes [samples][quarters][centroids] numbers.
  package func compute(
    _ pictures: UnsafePointer<UInt8>, samples: Int, into features: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (pictures, features) = (pictures, features)
    pool.run(samples) { sample, worker in
      self.encode(pictures + sample * self.form.count, worker, into: features + sample * self.count)
    }
  }

  private func encode(
    _ picture: UnsafePointer<UInt8>, _ worker: Int, into features: UnsafeMutablePointer<Float>
  ) {
    let side = PatchDictionary.side
    let rows = ck_patch_count(form.height, side, stride)
    let columns = ck_patch_count(form.width, side, stride)
    let (patches, white, dots) = scratch[worker]
    features.update(repeating: 0, count: count)
    for row in 0..<rows {
      for column in 0..<columns {
        ck_patch(
          picture, form.width, form.channels, row * stride, column * stride, side, PatchDictionary.contrast,
          patches.data + column * dictionary.size)
      }
      dictionary.whiten(patches.data, columns, into: white.data)
      dictionary.compare(white.data, columns, into: dots.data)
      for column in 0..<columns {
        let quarter = (2 * row < rows ? 0 : 2) + (2 * column < columns ? 0 : 1)
        let patch = white.data + column * dictionary.size
        var square: Float = 0
        for i in 0..<dictionary.size { square += patch[i] * patch[i] }
        ck_triangle(
          dots.data + column * dictionary.count, square, dictionary.lengths, dictionary.count,
          features + quarter * dictionary.count)
      }
    }
  }
}
