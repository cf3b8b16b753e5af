import Configuration
import Networks
import Tensors
import Wording

/// A known architecture: a value that builds both networks for a picture size, a width and a number of channels.
///
/// Each is a static value, listed in `all`, and stands in one file with the `Preset` of the same name, which says how
/// it is trained.
package struct ArchitecturePreset: Sendable {
  /// The name for `--preset`.
  package let name: String
  /// One line about it for the list of presets.
  package let summary: String
  /// The default H = W of the pictures.
  package let size: Int
  /// The sizes for which it can be built.
  package let sizes: PictureSizes
  /// The default C of the pictures.
  package let channels: Int
  /// The numbers of channels for which it can be built.
  package let channelChoices: [Int]
  /// Whether the channel counts can be multiplied by width / 64.
  package let takesWidth: Bool
  /// The default Z.
  package let latent: Int
  /// Whether there is more than one rule for its widths.
  package let takesWidthRule: Bool
  /// The default label groups that its pictures are conditioned on. Empty: the groups come only from the data; nil: its
  /// pictures are not conditioned on labels.
  package let groups: [LabelGroup]?
  /// Builds the networks for a shape that was checked.
  let build: @Sendable (ArchitectureShape) throws -> Architecture

  init(
    name: String, summary: String, size: Int, sizes: PictureSizes, channels: Int, channelChoices: [Int],
    takesWidth: Bool, latent: Int, takesWidthRule: Bool = false, groups: [LabelGroup]? = nil,
    build: @escaping @Sendable (ArchitectureShape) throws -> Architecture
  ) {
    self.name = name
    self.summary = summary
    self.size = size
    self.sizes = sizes
    self.channels = channels
    self.channelChoices = channelChoices
    self.takesWidth = takesWidth
    self.latent = latent
    self.takesWidthRule = takesWidthRule
    self.groups = groups
    self.build = build
  }

  /// Every known architecture.
  package static let all: [ArchitecturePreset] = [
    .dcgan64, .cdcgan64, .paper64, .torch96, .slim64, .keras64, .cgan28, .infogan28, .vanilla,
  ]

  /// The preset of this name.
  /// - Throws: `ConfigurationError` that names the nearest presets.
  package static func named(_ name: String) throws -> ArchitecturePreset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw ConfigurationError(
        "there is no preset \"\(name)\"; \(suggestion(for: name, in: all.map(\.name)))")
    }
    return preset
  }
}

/// The numbers for which a preset is built.
package struct ArchitectureShape: Equatable, Sendable {
  /// H = W of the pictures.
  package var size: Int
  /// Every channel count is multiplied by width / 64.
  package var width: Int
  /// C of the pictures.
  package var channels: Int
  /// Z.
  package var latent: Int
  /// The rule for the widths of middle layers, for a preset with more than one rule.
  package var widthRule: WidthRule
  /// The label groups that pictures are conditioned on, for a preset with conditions.
  package var groups: [LabelGroup] = []

  /// `base` channels scaled to this width: base * width / 64.
  /// - Throws: `ConfigurationError` if this is not a whole number.
  func scaled(_ base: Int) throws -> Int {
    let scaled = base * width
    guard scaled % 64 == 0, scaled > 0 else {
      throw ConfigurationError(
        "a width of \(width) would make \(base) channels \(Double(scaled) / 64), which is not whole; "
          + "a multiple of \(64 / greatestCommonDivisor(base, 64)) would do")
    }
    return scaled / 64
  }

  private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}

/// The picture sizes for which a preset can be built.
package enum PictureSizes: Equatable, Sendable, CustomStringConvertible {
  /// Every power of two in this range.
  case powersOfTwo(ClosedRange<Int>)
  /// This size only.
  case only(Int)

  /// The words within a sentence.
  package var description: String {
    switch self {
    case .powersOfTwo(let range): "a power of two from \(range.lowerBound) to \(range.upperBound)"
    case .only(let size): "\(size)"
    }
  }

  func contains(_ size: Int) -> Bool {
    switch self {
    case .powersOfTwo(let range): range.contains(size) && size.nonzeroBitCount == 1
    case .only(let one): size == one
    }
  }
}

extension ArchitecturePreset {
  /// The networks for these numbers; nil takes the preset's default.
  /// - Parameters:
  ///   - size: H = W of the pictures.
  ///   - width: multiplies every channel count by width / 64.
  ///   - channels: C of the pictures.
  ///   - latent: Z.
  ///   - widthRule: the rule for the widths of middle layers.
  ///   - groups: the label groups that pictures are conditioned on; not used by a preset without conditions.
  /// - Throws: `ConfigurationError` that says for which numbers the preset can be built.
  package func architecture(
    size: Int? = nil, width: Int? = nil, channels: Int? = nil, latent: Int? = nil,
    widthRule: WidthRule? = nil, groups: [LabelGroup]? = nil
  ) throws -> Architecture {
    let shape = ArchitectureShape(
      size: size ?? self.size, width: width ?? 64, channels: channels ?? self.channels,
      latent: latent ?? self.latent, widthRule: widthRule ?? .published, groups: groups ?? self.groups ?? [])
    guard self.groups == nil || !shape.groups.isEmpty else {
      throw ConfigurationError("\(name) makes pictures by labels, and takes their groups from the data")
    }
    guard sizes.contains(shape.size) else {
      throw ConfigurationError("the picture size of \(name) is \(sizes), and \(shape.size) was asked for")
    }
    guard shape.width >= 1, shape.width <= 4_096 else {
      throw ConfigurationError(
        "the width is a whole number from 1 to 4096 (64 is the published one), and \(shape.width) was asked for"
      )
    }
    guard takesWidth || shape.width == 64 else {
      throw ConfigurationError(
        "\(name) has no other width than its own, 64, and \(shape.width) was asked for")
    }
    guard takesWidthRule || widthRule == nil else {
      let others = Self.all.filter(\.takesWidthRule).map(\.name)
      throw ConfigurationError(
        "\(name) has one rule for its widths, so --width-rule has no meaning for it; it is for "
          + listed(others, with: "and"))
    }
    guard channelChoices.contains(shape.channels) else {
      let choices = listed(channelChoices.map(String.init), with: "or")
      throw ConfigurationError(
        "the pictures of \(name) have \(choices) channels, and \(shape.channels) was asked for")
    }
    guard (1...65_536).contains(shape.latent) else {
      throw ConfigurationError("z has from 1 to 65536 numbers, and \(shape.latent) was asked for")
    }
    let architecture = try build(shape)
    try architecture.validate()
    return architecture
  }
}
