import Configuration
import Tensors

/// G and D as a value: what they are made of, and nothing of how they are trained.
///
/// G turns z and what is joined to it, 1 x 1 x `generatorInput`, into a picture of `size` x `size` x
/// `channels`. D turns such a picture, with planes that hold its condition, into one logit. `validate()`
/// checks that the lists of layers do so.
package struct Architecture: Equatable, Sendable {
  /// What people call it; part of a run folder's default name.
  package var name: String
  /// Z, the length of z.
  package var latent: Int
  /// Height and width of a picture.
  package var size: Int
  /// C of a picture: 3 is RGB, 1 is grey.
  package var channels: Int
  /// G's layers, in order.
  package var generator: [LayerSpecification]
  /// D's layers, in order.
  package var discriminator: [LayerSpecification]
  /// The labels that G and D are conditioned on; nil: none.
  package var conditions: Conditions?
  /// What G's input has beside z and labels; nil: nothing.
  package var codes: Codes?
  /// D's head that predicts the codes (InfoGAN's Q); nil where there are no codes.
  package var q: Head?
  /// D's head that predicts the classes (ACGAN); nil: none.
  package var classifier: Head?

  /// Creates an architecture from its parts, without checking that they fit together.
  package init(
    name: String, latent: Int, size: Int, channels: Int, generator: [LayerSpecification],
    discriminator: [LayerSpecification], conditions: Conditions? = nil, codes: Codes? = nil, q: Head? = nil,
    classifier: Head? = nil
  ) {
    self.name = name
    self.latent = latent
    self.size = size
    self.channels = channels
    self.generator = generator
    self.discriminator = discriminator
    self.conditions = conditions
    self.codes = codes
    self.q = q
    self.classifier = classifier
  }

  /// The shape of a picture.
  package var picture: PictureShape { PictureShape(height: size, width: size, channels: channels) }
}

/// Which of an architecture's networks.
package enum NetworkRole: String, Codable, CaseIterable, Sendable {
  /// G.
  case generator
  /// D.
  case discriminator
  /// D's head that predicts G's codes from a picture (Chen et al. 2016).
  case q
  /// D's head that predicts a picture's classes (Odena, Olah and Shlens 2017).
  case classifier

  /// Whether this is a head of D rather than G or D itself.
  package var isHead: Bool { self == .q || self == .classifier }
}

extension Architecture {
  /// The layers of one network.
  package func layers(of role: NetworkRole) -> [LayerSpecification] {
    switch role {
    case .generator: generator
    case .discriminator: discriminator
    case .q, .classifier: head(role)?.layers ?? []
    }
  }

  /// The input shape of one network. G: z and what is joined to it, 1 x 1 x `generatorInput`. D: a picture
  /// with its planes. A head: the output of the last layer of D that it shares.
  /// - Throws: `ConfigurationError` where D's layers do not fit together, or are fewer than the head
  ///   shares.
  package func input(of role: NetworkRole) throws -> PictureShape {
    switch role {
    case .generator: return PictureShape(height: 1, width: 1, channels: generatorInput)
    case .discriminator: return PictureShape(height: size, width: size, channels: channels + planes)
    case .q, .classifier:
      let trunk = try summary(of: .discriminator).layers
      let after = head(role)?.after ?? 0
      guard after >= 1, after < trunk.count else {
        throw ConfigurationError(
          "\(role.rawValue).after is \(after), but it shares from 1 to \(trunk.count - 1) of the discriminator's "
            + "\(trunk.count) layers")
      }
      return trunk[after - 1].output
    }
  }

  /// The shapes and the parameter counts of all layers of one network.
  /// - Throws: `ConfigurationError` naming the layer and the shapes where two layers do not fit together.
  package func summary(of role: NetworkRole) throws -> NetworkSummary {
    try NetworkSummary(
      role: role, input: try input(of: role), layers: layers(of: role),
      branches: role == .discriminator ? Set([q, classifier].compactMap { $0?.after }) : [])
  }

  /// Checks that every layer can take the output of the layer before it, that G ends in a picture, D in one
  /// logit, and each head in one number for each code or class that it predicts.
  /// - Throws: `ConfigurationError` naming the layer and the shapes.
  package func validate() throws {
    let made = try summary(of: .generator)
    guard made.output == picture else {
      throw ConfigurationError(
        "the generator ends in \(made.output) at \(made.lastLayerName), but the pictures are \(picture): "
          + "its layers and \"size\" or \"channels\" do not agree")
    }
    let judged = try summary(of: .discriminator)
    guard judged.output.count == 1 else {
      throw ConfigurationError(
        "the discriminator ends in \(judged.output) at \(judged.lastLayerName), and must end in one logit, "
          + "1 x 1 x 1, for pictures of \(picture)" + (planes > 0 ? " with \(planes) planes of labels" : ""))
    }
    if let last = discriminator.last, last.isActivation {
      throw ConfigurationError(
        "the discriminator ends in \(judged.lastLayerName), but the losses take the raw logit: leave that layer out"
      )
    }
    try validate(.q, tells: codes?.size, of: "codes")
    try validate(.classifier, tells: conditions?.size, of: "classes of \"conditions\"")
    guard codes == nil || q != nil else {
      throw ConfigurationError("there are \"codes\" but no \"q\", the head that finds them in a picture")
    }
  }

  /// Checks that a head ends in `count` numbers.
  private func validate(_ role: NetworkRole, tells count: Int?, of what: String) throws {
    guard head(role) != nil else { return }
    guard let count else {
      throw ConfigurationError("there is a \"\(role.rawValue)\", which tells the \(what), but there are none")
    }
    let made = try summary(of: role)
    guard made.output.count == count else {
      throw ConfigurationError(
        "\(role.rawValue) ends in \(made.output) at \(made.lastLayerName), and must end in \(count) numbers, "
          + "one for each of the \(what)")
    }
    if let last = made.layers.last, last.layer.isActivation {
      throw ConfigurationError(
        "\(role.rawValue) ends in \(made.lastLayerName), but the losses take raw logits and means: leave that layer out"
      )
    }
  }
}
