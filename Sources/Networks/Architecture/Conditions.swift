import Configuration
import Tensors

/// What pictures are made of on demand (Mirza and Osindero 2014): the classes of each group as a one-hot vector,
/// group after group, joined to z, and told to D as planes that are constant over the picture.
package struct Conditions: Equatable, Sendable {
  /// The groups; at least one.
  package var groups: [LabelGroup]
  /// Whether D sees the condition. Not where it has to tell the classes itself (ACGAN).
  package var planes: Bool

  /// Creates conditions from their parts.
  package init(groups: [LabelGroup], planes: Bool = true) {
    self.groups = groups
    self.planes = planes
  }

  /// K, the length of all one-hot vectors together.
  package var size: Int { groups.reduce(0) { $0 + $1.classes.count } }
  /// The most that `size` may be.
  static let mostClasses = 4_096

  /// Where each group's vector lies in the whole one.
  package var places: [Range<Int>] {
    var first = 0
    return groups.map { group in
      defer { first += group.classes.count }
      return first..<first + group.classes.count
    }
  }
}

/// What G's input has beside z that nobody labelled, and Q finds again in the picture (Chen et al. 2016): categorical
/// codes as one-hot vectors, then numbers from U[-1, 1).
package struct Codes: Equatable, Sendable {
  /// How many values each categorical code has.
  package var categorical: [Int]
  /// How many uniform codes there are.
  package var uniform: Int

  /// Creates codes from their parts.
  package init(categorical: [Int], uniform: Int) {
    self.categorical = categorical
    self.uniform = uniform
  }

  /// The length of all codes in G's input, and of Q's output: logits, then means.
  package var size: Int { categorical.reduce(uniform, +) }

  /// Where each categorical code's vector lies.
  package var categoricalPlaces: [Range<Int>] {
    var first = 0
    return categorical.map { count in
      defer { first += count }
      return first..<first + count
    }
  }

  /// Where the uniform codes lie.
  package var uniformPlaces: Range<Int> { size - uniform..<size }
}

/// A second end of D: layers of its own on what D's first layers give.
package struct Head: Equatable, Sendable {
  /// How many of D's layers, from the first on, it shares.
  package var after: Int
  /// Its own layers.
  package var layers: [LayerSpecification]

  /// Creates a head from its parts.
  package init(after: Int, layers: [LayerSpecification]) {
    self.after = after
    self.layers = layers
  }
}

extension Architecture {
  /// What G takes beside z: codes, then conditions.
  package var besideLatent: Int { (codes?.size ?? 0) + (conditions?.size ?? 0) }
  /// Z and what is joined to it: the length of G's input.
  package var generatorInput: Int { latent + besideLatent }
  /// How many constant planes D takes beside a picture's channels.
  package var planes: Int { conditions.map { $0.planes ? $0.size : 0 } ?? 0 }

  /// The head that is `role`, if the architecture has it.
  package func head(_ role: NetworkRole) -> Head? {
    switch role {
    case .q: q
    case .classifier: classifier
    case .generator, .discriminator: nil
    }
  }

  /// The networks that it has: G, D and D's heads.
  package var roles: [NetworkRole] {
    NetworkRole.allCases.filter { !$0.isHead || head($0) != nil }
  }

  /// The same networks, with a head on D that tells the classes of `groups`, which G takes and D is not told (ACGAN;
  /// Odena, Olah and Shlens 2017): one dense layer on what D's own last layer takes.
  /// - Throws: `ConfigurationError` where D has no such layer or a head already.
  package func classifying(_ groups: [LabelGroup]) throws -> Architecture {
    guard classifier == nil else {
      throw ConfigurationError("\(name) has a head that tells classes already")
    }
    guard let last = discriminator.lastIndex(where: \.isProduct), last > 0 else {
      throw ConfigurationError("\(name) cannot tell classes: its discriminator has no layer before its last")
    }
    var after = last
    while after > 1, case .reshape = discriminator[after - 1] { after -= 1 }
    var architecture = self
    let conditions = Conditions(groups: groups, planes: false)
    architecture.conditions = conditions
    architecture.classifier = Head(after: after, layers: [.dense(.init(outFeatures: conditions.size))])
    try architecture.validate()
    return architecture
  }
}

extension LayerSpecification {
  /// Whether it is a product with a weight.
  fileprivate var isProduct: Bool {
    switch self {
    case .convolution, .transposedConvolution, .dense: true
    default: false
    }
  }
}
