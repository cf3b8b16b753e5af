import Checkpoints
import Configuration

/// D's features as a safetensors file: `train.features` and `test.features` [n, F] in float32, `train.labels` and `test.labels`
/// [n], and `means` and `scales` [F] in float64, by which the models take them: (x - mean) scale.
enum FeatureFile {
  /// Writes the file.
  /// - Throws: `FileError`.
  static func write(
    _ table: FeatureTable, _ rows: LinearRows, _ pictures: LabelledPictures, to path: String
  ) throws {
    func part(_ name: String, _ range: Range<Int>) -> [TensorEntry] {
      [
        TensorEntry(name: "\(name).features", type: .float32, shape: [range.count, table.count]) { bytes in
          bytes.copyMemory(
            from: UnsafeRawBufferPointer(
              start: table.values.data + range.lowerBound * table.count, count: range.count * table.count * 4)
          )
        },
        TensorEntry(name: "\(name).labels", type: .int64, shape: [range.count]) { bytes in
          let labels = bytes.bindMemory(to: Int64.self)
          for (place, picture) in range.enumerated() { labels[place] = Int64(pictures.classOf[picture]) }
        },
      ]
    }
    func numbers(_ name: String, _ values: [Double]) -> TensorEntry {
      TensorEntry(name: name, type: .float64, shape: [values.count]) { bytes in
        values.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
    }
    let classes = ConfigurationValue.array(pictures.classes.map { .string($0) }).json()
    try Safetensors.write(
      part("train", pictures.train) + part("test", pictures.test)
        + [numbers("means", rows.means), numbers("scales", rows.scales)],
      metadata: ["format": "pt", "group": pictures.group, "classes": classes], to: path)
  }
}
