import DataParallel
import Options
import Tensors
import Training

/// This rank's part of one batch of synthetic pictures, in the range of G's pictures, with random labels
/// where the networks have conditions. Each sample depends only on the seed and its global index.
final class SyntheticReals {
  private let pixels: Tensor
  private let classes: UnsafeMutableBufferPointer<Int32>

  init(_ layout: SliceLayout, _ options: RunOptions) {
    let input = GeneratorInputLayout(options.architecture)
    let groups = options.architecture.conditions?.groups.count ?? 0
    pixels = Tensor(capacity: layout.localCapacity, shape: options.architecture.picture)
    classes = .allocate(capacity: layout.localCapacity * groups)
    classes.initialize(repeating: 0)
    let count = pixels.shape.count
    let (scale, shift): (Float, Float) =
      options.architecture.pixelRange == .unit ? (1, 0) : (2, -1)
    for (local, sample) in layout.localSamples.enumerated() {
      let picture = pixels.sample(local)
      RandomStream(seed: options.seed, purpose: .synthetic, sample: sample).fillUniform(picture, count: count)
      for i in 0..<count { picture[i] = scale * picture[i] + shift }
      let stream = RandomStream(seed: options.seed, purpose: .synthetic, stream: 1, sample: sample)
      for group in 0..<groups { classes[local * groups + group] = input.drawClass(group, stream) }
    }
  }

  deinit { classes.deallocate() }

  /// The batch, the same in every step.
  var batch: RealBatch {
    RealBatch(
      pixels: UnsafePointer(pixels.data),
      classes: classes.isEmpty ? nil : classes.baseAddress.map { UnsafePointer($0) })
  }
}
