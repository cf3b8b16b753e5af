import Cluster
import Communication
import Datasets
import Options
import Tensors

/// Pictures for an experiment, as a person names them.
package struct PictureSource: Equatable, Sendable {
  /// `faces`, a folder, or an IDX file.
  package var data: String
  /// A CSV file, `folders`, or an IDX file of labels; nil: as `LabelSource.automatic` finds them.
  package var labels: String?

  /// A source from its parts.
  package init(data: String, labels: String? = nil) {
    self.data = data
    self.labels = labels
  }

  /// Opens the pictures for networks that take `form`. Collective.
  /// - Parameters:
  ///   - fit: how pictures of another shape are fitted.
  ///   - report: is given one sentence for each damaged picture.
  /// - Throws: `RunError`, the same on all ranks, where a rank cannot read them or ranks do not see the same;
  ///   errors of the message layer.
  package func open(
    for form: PictureShape, fit: Fit, on communicator: any Communicator,
    report: @escaping @Sendable (String) -> Void
  ) throws -> any PictureDataset {
    let dataset = try succeedingOnAllRanks(communicator) {
      try RunError.ofData {
        try openDataset(
          data, size: form.height, channels: form.channels, fit: fit, labels: LabelSource(argument: labels),
          report: report)
      }
    }
    _ = try SameOnAllRanks.check(
      [RankFact(.data, String(dataset.fingerprint, radix: 16), shown: dataset.describe)], on: communicator)
    return dataset
  }
}
