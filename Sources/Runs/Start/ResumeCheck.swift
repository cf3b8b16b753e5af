import Cluster
import Configuration
import Datasets
import Options
import Reporting

/// Whether a checkpoint may be gone on with under the options and on the data of now.
struct ResumeCheck {
  /// The checkpoint's folder.
  let checkpoint: String
  /// The folder of the run that it is of.
  let run: String

  /// Checks what decides numbers.
  /// - Parameters:
  ///   - then: what the checkpoint says.
  ///   - now: what a checkpoint of this run would say.
  ///   - dataset: the data of now.
  /// - Throws: `RunError` that names the first option or picture that differs.
  func check(_ then: CheckpointInfo, against now: CheckpointInfo, _ dataset: any PictureDataset) throws {
    let folder = RunFolder(run)
    if let options = then.options, let current = now.options, then.optionsSHA256 != now.optionsSHA256,
      let found = try current.firstDifference(from: RunOptions.decidingNumbers(recorded: options))
    {
      throw RunError(
        "\(found.path) is \(found.own.inWords) in \(folder.options), and \(checkpoint) was trained with "
          + "\(found.other.inWords): the file was edited, or is another run's; put the value back, or begin a new run "
          + "with it")
    }
    guard then.data != now.data else { return }
    let counts =
      then.data.pictures == now.data.pictures
      ? "\(now.data.pictures) pictures, as then"
      : "it had \(then.data.pictures) pictures and now has \(now.data.pictures)"
    let first = DataIndex.firstDifference(folder.data, dataset) ?? "names, sizes or labels differ"
    throw RunError(
      "the data is not what \(checkpoint) was trained on (\(counts); \(first)), so this would be another run: name the "
        + "same pictures by --data, or start anew")
  }
}
