import Networks
import Tensors

/// Differentiable augmentation (Zhao et al. 2020): D sees every picture, real or generated, through random changes, and
/// G's gradient comes back through them. So a small data set is not learned by heart, and G does not learn the changes.
public struct Augmentation: Equatable, Sendable {
  /// A kind of change, in the order in which they are applied.
  public enum Kind: String, CaseIterable, Equatable, Sendable {
    /// Brightness by -0.5 to 0.5, saturation by 0 to 2, contrast by 0.5 to 1.5.
    case color
    /// Moved by up to 1/8 of each side, with zeros moving in.
    case translation
    /// A rectangle of half of each side, somewhere, set to zero.
    case cutout
  }

  /// What is done, each at most once, in the order of `Kind`.
  public let kinds: [Kind]

  /// An augmentation of `kinds`; the default is none.
  public init(_ kinds: [Kind] = []) { self.kinds = Kind.allCases.filter(kinds.contains) }

  /// Whether pictures stay as they are.
  public var isEmpty: Bool { kinds.isEmpty }

  /// The change of one sample in one look of D: a function of (seed, look, step, global sample) alone, whatever else is
  /// done.
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

  /// Writes what D sees of `pictures` to `seen`, N,H,W,C both.
  /// - Parameters:
  ///   - samples: their global indices in the batch.
  ///   - look: which of D's looks at a batch in this step it is; each has changes of its own.
  package func apply(
    to pictures: UnsafePointer<Float>, samples: Range<Int>, shape: PictureShape, seed: UInt64, step: Int,
    look: Int, into seen: UnsafeMutablePointer<Float>, _ pool: ThreadPool
  ) {
    pool.run(samples.count) { item, _ in
      change(of: shape, Self.stream(seed, step, look, samples.lowerBound + item))
        .apply(to: pictures + item * shape.count, shape, into: seen + item * shape.count)
    }
  }

  /// Writes the gradient with respect to the pictures to `gradient`, given that with respect to what D saw of them in the
  /// same look.
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

  /// Half a side, its middle anywhere on the side, as much of it as lies within.
  private static func cut(_ side: Int, _ draw: (Int) -> Int) -> Range<Int> {
    let size = share(of: side, 2)
    let first = draw(side + 1 - size % 2) - size / 2
    return max(0, first)..<min(side, first + size)
  }
}

extension Augmentation: ConfigurationConvertible {
  /// Reads a list of kinds, each at most once.
  /// - Throws: `ConfigurationError`.
  public init(configuration: ConfigurationValue, path: String) throws {
    let names = Kind.allCases.map(\.rawValue)
    guard case .array(let values) = configuration else {
      throw ConfigurationError(
        "\(path) must be a list of \(listed(names, with: "and")), or of some of them, and is "
          + configuration.inWords)
    }
    var kinds: [Kind] = []
    for (place, value) in values.enumerated() {
      guard case .string(let name) = value, let kind = Kind(rawValue: name) else {
        throw ConfigurationError(
          "\(path).\(place) must be \(listed(names, with: "or")), and is \(value.inWords)")
      }
      guard !kinds.contains(kind) else {
        throw ConfigurationError("\(path) has \"\(name)\" twice: each kind is done once")
      }
      kinds.append(kind)
    }
    self.init(kinds)
  }

  /// The list as it stands in JSON.
  public var configuration: ConfigurationValue { .array(kinds.map { .string($0.rawValue) }) }
}
