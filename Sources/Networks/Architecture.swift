import Tensors

/// Two networks as a value: what they are made of, and nothing of how they are trained.
///
/// G takes z as 1 x 1 x `latent` to a picture of `size` x `size` x `channels`; D takes such a picture to one
/// logit. `validate()` tells whether the lists do so.
public struct Architecture: Equatable, Sendable {
  /// What people call it; part of a run folder's default name.
  public var name: String
  /// Z, the length of z.
  public var latent: Int
  /// Height and width of a picture.
  public var size: Int
  /// C of a picture: 3 is RGB, 1 is grey.
  public var channels: Int
  /// G's layers, in order.
  public var generator: [LayerSpecification]
  /// D's layers, in order.
  public var discriminator: [LayerSpecification]

  /// Creates an architecture from its parts, without looking whether they meet.
  public init(
    name: String, latent: Int, size: Int, channels: Int, generator: [LayerSpecification],
    discriminator: [LayerSpecification]
  ) {
    self.name = name
    self.latent = latent
    self.size = size
    self.channels = channels
    self.generator = generator
    self.discriminator = discriminator
  }

  /// The shape of a picture.
  public var picture: PictureShape { PictureShape(height: size, width: size, channels: channels) }
}

/// Which of an architecture's two networks.
public enum NetworkRole: String, Codable, CaseIterable, Sendable {
  /// G.
  case generator
  /// D.
  case discriminator
}

extension Architecture {
  /// The layers of one network.
  public func layers(of role: NetworkRole) -> [LayerSpecification] {
    role == .generator ? generator : discriminator
  }

  /// What one network takes: z as 1 x 1 x Z, or a picture.
  public func input(of role: NetworkRole) -> PictureShape {
    role == .generator ? PictureShape(height: 1, width: 1, channels: latent) : picture
  }

  /// The shape and the parameter counts of every layer of one network.
  /// - Throws: `ConfigurationError` naming the layer and the shapes where two do not meet.
  public func summary(of role: NetworkRole) throws -> NetworkSummary {
    try NetworkSummary(role: role, input: input(of: role), layers: layers(of: role))
  }

  /// Checks that every layer can take what the one before gives, that G ends in a picture and D in one logit.
  /// - Throws: `ConfigurationError` naming the layer and the shapes.
  public func validate() throws {
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
          + "1 x 1 x 1, for pictures of \(picture)")
    }
    if let last = discriminator.last, last.isActivation {
      throw ConfigurationError(
        "the discriminator ends in \(judged.lastLayerName), but the losses take the raw logit: leave that layer out"
      )
    }
  }
}
