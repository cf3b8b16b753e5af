import Networks

/// What a run writes for people to look at beside its sheets: what a resume may change freely.
public struct OutputSettings: Equatable, Sendable {
  /// `--tensorboard`: whether it writes an event file.
  public var tensorBoard: Bool

  /// Creates settings from their parts.
  public init(tensorBoard: Bool = true) {
    self.tensorBoard = tensorBoard
  }
}

/// What a person gave of `OutputSettings`; nil is not given.
public struct GivenOutputSettings: Equatable, Sendable {
  /// `--tensorboard`.
  public var tensorBoard: Bool?

  /// The keys of `options.json`.
  static let keys = ["tensorboard"]

  /// Creates settings of which nothing is given.
  public init() {}

  init(_ reader: ConfigurationReader) throws {
    tensorBoard = try reader.boolIfPresent("tensorboard")
  }

  /// `settings` with what is given put over them.
  func applied(to settings: OutputSettings) -> OutputSettings {
    var settings = settings
    settings.tensorBoard = tensorBoard ?? settings.tensorBoard
    return settings
  }

  /// These settings with those that `stronger` gives put over them.
  func overridden(by stronger: GivenOutputSettings) -> GivenOutputSettings {
    var merged = self
    merged.tensorBoard = stronger.tensorBoard ?? tensorBoard
    return merged
  }
}

extension OutputSettings {
  /// The members of `options.json`.
  var configuration: [ConfigurationValue.Member] {
    [.init("tensorboard", .bool(tensorBoard))]
  }
}
