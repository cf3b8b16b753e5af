import Configuration

/// When a run ends: when the first of the given limits is reached. At least one is given; nil is no limit.
package struct RunLength: SettingsGroup, Codable {
  /// Passes over the data; may have a fraction.
  package var epochs: Double?
  /// The step, counted from the run's start, after which the run ends.
  package var steps: Int?
  /// Minutes of training, the time before a resume included.
  package var minutes: Double?

  /// No limit.
  package init() {}

  /// Creates a length from its parts.
  package init(epochs: Double? = nil, steps: Int? = nil, minutes: Double? = nil) {
    self.epochs = epochs
    self.steps = steps
    self.minutes = minutes
  }

  /// The table of the options.
  package static let keys: [SettingKey<RunLength>] = [
    .number("epochs", \.epochs, what: "a number above 0") { $0.isFinite && $0 > 0 },
    .whole("steps", \.steps, in: 1...Int(UInt32.max)),
    .number("minutes", \.minutes, what: "a number above 0") { $0.isFinite && $0 > 0 },
  ]
  /// True: an option that is given replaces all three.
  package static let isReplacedWhole = true

  /// The last step by the limits of epochs and steps; nil if there is neither.
  package func lastStep(_ count: EpochCount) -> Int? {
    [epochs.map(count.step(atEpochs:)), steps].compactMap { $0 }.min()
  }
}
