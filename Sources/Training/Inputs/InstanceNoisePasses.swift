import Recipes
import Tensors

extension InstanceNoise {
  /// Writes `pictures` with the noise of `step` added to `noisy`, both [N, H, W, C]. The gradient with
  /// respect to the noisy pictures is also that with respect to the pictures.
  /// - Parameters:
  ///   - samples: the pictures' global indices in the batch.
  ///   - size: numbers of a picture.
  ///   - look: the number of D's look at a batch within the step; each look has noise of its own.
  package func add(
    to pictures: UnsafePointer<Float>, samples: Range<Int>, size: Int, seed: UInt64, step: Int, look: Int,
    into noisy: UnsafeMutablePointer<Float>, _ pool: ThreadPool
  ) {
    let deviation = Float(deviation(step: step))
    pool.run(samples.count) { item, _ in
      let (x, y) = (pictures + item * size, noisy + item * size)
      RandomStream(
        seed: seed, purpose: .instanceNoise, stream: look, step: step, sample: samples.lowerBound + item
      ).fillNormal(y, count: size)
      for i in 0..<size { y[i] = x[i] + deviation * y[i] }
    }
  }
}
