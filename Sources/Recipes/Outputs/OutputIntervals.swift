import Configuration

/// How often a run writes its outputs.
package struct OutputIntervals: SettingsGroup {
  /// `--sample-every`: sample sheets.
  package var sample: Interval
  /// `--checkpoint-every`: checkpoints.
  package var checkpoint: CheckpointInterval
  /// `--log-every`: lines of the log and of `metrics.jsonl`.
  package var log: Interval

  /// Creates intervals from their parts.
  /// - Parameter checkpoint: how many steps a checkpoint comes after at the latest; it also comes after the usual time.
  package init(sample: Interval = .steps(200), checkpoint: Interval = .steps(500), log: Interval = .steps(10))
  {
    self.sample = sample
    self.checkpoint = CheckpointInterval(steps: checkpoint, seconds: CheckpointInterval.usualSeconds)
    self.log = log
  }

  /// The defaults.
  package init() { self.init(sample: .steps(200)) }

  /// The table of the options.
  package static let keys: [SettingKey<OutputIntervals>] = [
    .interval("sample_every", \.sample),
    SettingKey(
      "checkpoint_every", \.checkpoint,
      read: { reader, key in
        try reader.value(key).map { try CheckpointInterval(configuration: $0, path: reader.path(of: key)) }
      }, write: { $0.configuration }),
    .interval("log_every", \.log),
  ]
}

extension SettingKey {
  /// A number of steps, or `epoch`.
  fileprivate static func interval(
    _ name: String, _ path: WritableKeyPath<Settings, Interval> & Sendable
  ) -> SettingKey {
    SettingKey(
      name, path,
      read: { reader, key in
        try reader.value(key).map { try Interval(configuration: $0, path: reader.path(of: key)) }
      }, write: { $0.configuration })
  }
}
