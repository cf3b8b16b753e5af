import Configuration
import Tensors

/// The labels that pictures are conditioned on (Mirza and Osindero 2014): the class of each group as a
/// one-hot vector, group after group. The vectors are joined to z, and given to D as planes that are
/// constant over the picture.
package struct Conditions: Equatable, Sendable {
  /// The groups; at least one.
  package var groups: [LabelGroup]
  /// Whether D gets the condition as planes. False where D has to predict the classes itself (ACGAN).
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

  /// The range of each group's vector within the joined vectors.
  package var places: [Range<Int>] {
    var first = 0
    return groups.map { group in
      defer { first += group.classes.count }
      return first..<first + group.classes.count
    }
  }
}

/// The codes in G's input, beside z, that no label gives and that Q predicts from the picture (Chen et al.
/// 2016): categorical codes as one-hot vectors, then uniform codes, numbers from U[-1, 1).
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

  /// The range of each categorical code's vector within all codes.
  package var categoricalPlaces: [Range<Int>] {
    var first = 0
    return categorical.map { count in
      defer { first += count }
      return first..<first + count
    }
  }

  /// The range of the uniform codes within all codes.
  package var uniformPlaces: Range<Int> { size - uniform..<size }
}

/// A second output of D: layers of its own on the output of D's first layers.
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
  /// How many numbers G takes beside z: codes, then conditions.
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

  /// The networks of the architecture: G, D and D's heads.
  package var roles: [NetworkRole] {
    NetworkRole.allCases.filter { !$0.isHead || head($0) != nil }
  }

  /// The same networks conditioned on `groups`: G gets the classes, D does not, and a head of D predicts
  /// them (ACGAN; Odena, Olah and Shlens 2017). The head is one dense layer on the input of D's own last
  /// layer with a product.
  /// - Throws: `ConfigurationError` where D has no layer before that one, or has such a head already.
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
