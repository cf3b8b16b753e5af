import Recipes
import Tensors

extension Augmentation {
  /// The change of one sample in one look of D, drawn from `stream`. Each kind of change reads elements of
  /// its own, so it is the same whatever other kinds there are.
  package func change(of shape: PictureShape, _ stream: RandomStream) -> PictureChange {
    func whole(_ element: Int, below count: Int) -> Int {
      Int(Double(stream.uniform(element)) * Double(count))
    }
    var change = PictureChange()
    for kind in kinds {
      switch kind {
      case .color:
        change.brightness = stream.uniform(0) - 0.5
        change.saturation = 2 * stream.uniform(1)
        change.contrast = stream.uniform(2) + 0.5
      case .translation:
        let (most, mostAcross) = (Self.share(of: shape.height, 8), Self.share(of: shape.width, 8))
        change.down = whole(3, below: 2 * most + 1) - most
        change.across = whole(4, below: 2 * mostAcross + 1) - mostAcross
      case .cutout:
        change.cut = (
          Self.cut(shape.height) { whole(5, below: $0) }, Self.cut(shape.width) { whole(6, below: $0) }
        )
      }
    }
    return change
  }

  /// Writes the changed `pictures` to `seen`, both [N, H, W, C].
  /// - Parameters:
  ///   - samples: the pictures' global indices in the batch.
  ///   - look: the number of D's look at a batch within the step; each look has changes of its own.
  package func apply(
    to pictures: UnsafePointer<Float>, samples: Range<Int>, shape: PictureShape, seed: UInt64, step: Int,
    look: Int, into seen: UnsafeMutablePointer<Float>, _ pool: ThreadPool
  ) {
    pool.run(samples.count) { item, _ in
      change(of: shape, Self.stream(seed, step, look, samples.lowerBound + item))
        .apply(to: pictures + item * shape.count, shape, into: seen + item * shape.count)
    }
  }

  /// Writes the gradient with respect to the pictures to `gradient`, given in `seen` the gradient with
  /// respect to the changed pictures of the same look.
  package func adjoint(
    of seen: UnsafePointer<Float>, samples: Range<Int>, shape: PictureShape, seed: UInt64, step: Int,
    look: Int, into gradient: UnsafeMutablePointer<Float>, _ pool: ThreadPool
  ) {
    pool.run(samples.count) { item, _ in
      change(of: shape, Self.stream(seed, step, look, samples.lowerBound + item))
        .adjoint(of: seen + item * shape.count, shape, into: gradient + item * shape.count)
    }
  }

  private static func stream(_ seed: UInt64, _ step: Int, _ look: Int, _ sample: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: .augmentation, stream: look, step: step, sample: sample)
  }

  /// A side over `parts`, rounded to the nearest.
  private static func share(of side: Int, _ parts: Int) -> Int { (2 * side + parts) / (2 * parts) }

  /// The part that is cut out along one side: half the side's length, with its middle anywhere on the side,
  /// without what lies outside.
  private static func cut(_ side: Int, _ draw: (Int) -> Int) -> Range<Int> {
    let size = share(of: side, 2)
    let first = draw(side + 1 - size % 2) - size / 2
    return max(0, first)..<min(side, first + size)
  }
}
