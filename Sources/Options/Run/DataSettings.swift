import Configuration

/// The data that a run is trained on, and how it is held in memory.
///
/// All of these options may change on a resume. When the data is opened, its fingerprint tells whether it is
/// the same.
package struct DataSettings: SettingsGroup {
  /// `--data`: `faces`, or the absolute path of a folder or file.
  package var data = RunOptions.builtInFaces
  /// `--labels`: a CSV file, or `folders`; nil: `labels.csv` in the folder where there is one.
  package var labels: String?
  /// `--data-memory`: the most bytes of decoded pictures that all ranks of a node together keep in memory;
  /// nil: `DataMemoryPlan` decides.
  package var memory: ByteCount?

  /// The defaults.
  package init() {}

  /// Its options.
  package static let keys: [SettingKey<DataSettings>] = [
    .text("data", \.data, what: "a folder of pictures, an IDX file or 'faces'"),
    .text("labels", \.labels, what: "a CSV or IDX file, or 'folders'"),
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
      }),
  ]
}
