import Networks

/// What a run writes for people to look at beside its sheets: what a resume may change freely.
public struct OutputSettings: Equatable, Sendable {
  /// `--tensorboard`: whether it writes an event file.
  public var tensorBoard: Bool
  /// `--animation`: whether it makes an animation of its sheets.
  public var animation: Bool
  /// `--animation-fps`: frames a second of it.
  public var framesPerSecond: Double
  /// `--reals-and-fakes`: whether it shows real pictures beside generated ones.
  public var realsAndFakes: Bool

  /// Creates settings from their parts.
  public init(
    tensorBoard: Bool = true, animation: Bool = true, framesPerSecond: Double = 5, realsAndFakes: Bool = true
  ) {
    self.tensorBoard = tensorBoard
    self.animation = animation
    self.framesPerSecond = framesPerSecond
    self.realsAndFakes = realsAndFakes
  }
}

/// What a person gave of `OutputSettings`; nil is not given.
public struct GivenOutputSettings: Equatable, Sendable {
  /// `--tensorboard`.
  public var tensorBoard: Bool?
  /// `--animation`.
  public var animation: Bool?
  /// `--animation-fps`.
  public var framesPerSecond: Double?
  /// `--reals-and-fakes`.
  public var realsAndFakes: Bool?

  /// The keys of `options.json`.
  static let keys = ["tensorboard", "animation", "animation_fps", "reals_and_fakes"]

  /// Creates settings of which nothing is given.
  public init() {}

  init(_ reader: ConfigurationReader) throws {
    tensorBoard = try reader.boolIfPresent("tensorboard")
    animation = try reader.boolIfPresent("animation")
    framesPerSecond = try reader.numberIfPresent("animation_fps")
    realsAndFakes = try reader.boolIfPresent("reals_and_fakes")
  }

  /// `settings` with what is given put over them.
  func applied(to settings: OutputSettings) -> OutputSettings {
    var settings = settings
    settings.tensorBoard = tensorBoard ?? settings.tensorBoard
    settings.animation = animation ?? settings.animation
    settings.framesPerSecond = framesPerSecond ?? settings.framesPerSecond
    settings.realsAndFakes = realsAndFakes ?? settings.realsAndFakes
    return settings
  }

  /// These settings with those that `stronger` gives put over them.
  func overridden(by stronger: GivenOutputSettings) -> GivenOutputSettings {
    var merged = self
    merged.tensorBoard = stronger.tensorBoard ?? tensorBoard
    merged.animation = stronger.animation ?? animation
    merged.framesPerSecond = stronger.framesPerSecond ?? framesPerSecond
    merged.realsAndFakes = stronger.realsAndFakes ?? realsAndFakes
    return merged
  }

  /// Checks the numbers.
  /// - Parameter name: what a key is called where it was given.
  /// - Throws: `ConfigurationError`.
  func validate(named name: (String) -> String) throws {
    if let framesPerSecond, !(framesPerSecond >= 0.01 && framesPerSecond <= 50) {
      throw ConfigurationError(
        "\(name("animation_fps")) must be a number of frames a second from 0.01 to 50, and is \(framesPerSecond)"
      )
    }
  }
}

extension OutputSettings {
  /// The members of `options.json`.
  var configuration: [ConfigurationValue.Member] {
    [
      .init("tensorboard", .bool(tensorBoard)), .init("animation", .bool(animation)),
      .init("animation_fps", .real(framesPerSecond)), .init("reals_and_fakes", .bool(realsAndFakes)),
    ]
  }
}
