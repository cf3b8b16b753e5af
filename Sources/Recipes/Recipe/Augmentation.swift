import Configuration
import Wording

/// Differentiable augmentation (Zhao et al. 2020): every picture that D sees, real or generated, is changed at random,
/// and G's gradient is propagated back through the changes. So D does not memorise a small data set, and G does not
/// learn to make the changes.
package struct Augmentation: Equatable, Sendable {
  /// The kinds of changes, in the order in which they are applied.
  package enum Kind: String, CaseIterable, Equatable, Sendable {
    /// Brightness is changed by -0.5 to 0.5; saturation is multiplied by 0 to 2, contrast by 0.5 to 1.5.
    case color
    /// The picture is moved by up to 1/8 of each side; zeros fill the free place.
    case translation
    /// A rectangle of half of each side, at a random place, is set to zero.
    case cutout
  }

  /// The kinds that are applied, each at most once, in the order of `Kind`.
  package let kinds: [Kind]

  /// An augmentation of `kinds`; the default is none.
  package init(_ kinds: [Kind] = []) { self.kinds = Kind.allCases.filter(kinds.contains) }

  /// Whether pictures are not changed.
  package var isEmpty: Bool { kinds.isEmpty }
}

extension Augmentation: ConfigurationConvertible {
  /// Reads a list of kinds, each at most once.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
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

  /// The list of kinds, as in JSON.
  package var configuration: ConfigurationValue { .array(kinds.map { .string($0.rawValue) }) }
}
