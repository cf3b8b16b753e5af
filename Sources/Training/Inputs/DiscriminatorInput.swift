import Layers
import Networks
import Recipes
import Tensors

/// D's input for a batch of pictures in one look: the pictures themselves, or a copy with random changes
/// and then noise; and beside their channels one plane for each number of the condition.
///
/// A look is one evaluation of a batch by D. Looks are counted within a step, and each has random numbers
/// of its own.
final class DiscriminatorInput {
  private let augmentation: Augmentation
  private let noise: InstanceNoise
  private let picture: PictureShape
  private let planes: Int
  private let seed: UInt64
  private let pool: ThreadPool
  /// The changed pictures. Later the gradient with respect to the unchanged pictures.
  private let changed: Tensor?
  private let noisy: Tensor?
  private let joined: Tensor?
  private let joinedGradient: Tensor?
  private let gradient: Tensor
  private var lastLook = 0

  /// Memory for looks at up to `capacity` samples.
  init(_ architecture: Architecture, _ recipe: Recipe, capacity: Int, seed: UInt64, pool: ThreadPool) {
    augmentation = recipe.augmentation
    noise = recipe.instanceNoise
    picture = architecture.picture
    planes = architecture.planes
    self.seed = seed
    self.pool = pool
    changed = augmentation.isEmpty ? nil : Tensor(capacity: capacity, shape: picture)
    noisy = noise.deviation > 0 ? Tensor(capacity: capacity, shape: picture) : nil
    let whole = PictureShape(
      height: picture.height, width: picture.width, channels: picture.channels + planes)
    joined = planes > 0 ? Tensor(capacity: capacity, shape: whole) : nil
    joinedGradient = planes > 0 ? Tensor(capacity: capacity, shape: whole) : nil
    gradient = Tensor(capacity: capacity, shape: picture)
  }

  /// D's input for `pictures` [N, H, W, C] and their conditions; valid until the next look.
  /// - Parameter look: the number of D's look at a batch within the step.
  func input(
    of pictures: UnsafePointer<Float>, _ conditions: ConditionRows?, look: Int, _ pass: Pass
  ) -> UnsafePointer<Float> {
    var seen = pictures
    lastLook = look
    if let changed {
      augmentation.apply(
        to: seen, samples: pass.firstSample..<pass.firstSample + pass.samples, shape: picture, seed: seed,
        step: pass.step, look: look, into: changed.data, pool)
      seen = UnsafePointer(changed.data)
    }
    if let noisy, noise.deviation(step: pass.step) > 0 {
      noise.add(
        to: seen, samples: pass.firstSample..<pass.firstSample + pass.samples, size: picture.count,
        seed: seed, step: pass.step, look: look, into: noisy.data, pool)
      seen = UnsafePointer(noisy.data)
    }
    guard let joined, let conditions else { return seen }
    join(seen, conditions, into: joined, samples: pass.samples)
    return UnsafePointer(joined.data)
  }

  /// Where D's backward pass writes the gradient of its input.
  var inputGradient: UnsafeMutablePointer<Float> { (joinedGradient ?? gradient).data }

  /// The gradient with respect to the pictures [N, H, W, C] of the last look, from the gradient that D's
  /// backward pass wrote to `inputGradient`.
  func pictureGradient(_ pass: Pass) -> UnsafeMutablePointer<Float> {
    if let joinedGradient { drop(joinedGradient, into: gradient, samples: pass.samples) }
    guard let changed else { return gradient.data }
    // The changed pictures are no longer needed, so their memory takes the gradient.
    augmentation.adjoint(
      of: gradient.data, samples: pass.firstSample..<pass.firstSample + pass.samples, shape: picture,
      seed: seed, step: pass.step, look: lastLook, into: changed.data, pool)
    return changed.data
  }

  private func join(
    _ pictures: UnsafePointer<Float>, _ conditions: ConditionRows, into joined: Tensor, samples: Int
  ) {
    let (channels, planes, pixels) = (picture.channels, planes, picture.pixels)
    pool.run(samples) { sample, _ in
      var from = pictures + sample * pixels * channels
      var to = joined.sample(sample)
      let condition = conditions[sample]
      for _ in 0..<pixels {
        for c in 0..<channels { to[c] = from[c] }
        to += channels
        for k in 0..<planes { to[k] = condition[k] }
        to += planes
        from += channels
      }
    }
  }

  private func drop(_ joined: Tensor, into gradient: Tensor, samples: Int) {
    let (channels, planes, pixels) = (picture.channels, planes, picture.pixels)
    pool.run(samples) { sample, _ in
      var from = UnsafePointer(joined.sample(sample))
      var to = gradient.sample(sample)
      for _ in 0..<pixels {
        for c in 0..<channels { to[c] = from[c] }
        to += channels
        from += channels + planes
      }
    }
  }
}
