import Configuration

/// How a run holds its data, as far as it changes no number: what a resume may change freely.
package struct DataSettings: SettingsGroup {
  /// `--data-memory`: the most bytes of decoded pictures that the ranks of a node keep in memory; nil: what
  /// `DataMemoryPlan` finds.
  package var memory: ByteCount?

  /// The defaults.
  package init() {}

  /// Its options.
  package static let keys: [SettingKey<DataSettings>] = [
    .open(
      "data_memory", \.memory,
      read: { reader, key in
        guard let value = reader.value(key) else { return nil }
        if case .integer(let bytes) = value { return ByteCount(bytes) }
        guard case .string(let text) = value, let count = ByteCount(reading: text) else {
          throw reader.wrong(key, value, ByteCount.form)
        }
        return count
      },
      write: { .integer($0.bytes) },
      must: {
        (0...ByteCount.most).contains($0.bytes) ? nil : "\(ByteCount.form), and is \($0.bytes)"
      })
  ]
}
