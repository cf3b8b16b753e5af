import Cluster
import Configuration
import Datasets
import Options
import Reporting

/// Whether a run may go on from a checkpoint with its present options and data.
struct ResumeCheck {
  /// The checkpoint's folder.
  let checkpoint: String
  /// The folder of the run that the checkpoint belongs to.
  let run: String

  /// Compares the options that decide the run's numbers, and the data.
  /// - Parameters:
  ///   - then: what the checkpoint records.
  ///   - now: what a checkpoint of the run that goes on would record.
  ///   - options: the options of that run.
  ///   - dataset: the data of the run that goes on.
  /// - Throws: `RunError` that names the first option or picture that differs.
  func check(
    _ then: CheckpointInfo, against now: CheckpointInfo, _ options: RunOptions, _ dataset: any PictureDataset
  ) throws {
    let folder = RunFolder(run)
    if let written = then.options, let current = now.options, then.optionsSHA256 != now.optionsSHA256,
      // Changes that it lacks came after it was written, at its own step.
      case let recorded = try RunOptions.decidingNumbers(recorded: written), current != recorded,
      case let changes = try then.changes,
      let found = try options.undoing({ $0.step >= then.step && !changes.contains($0) })
        .decidingNumbers.firstDifference(from: recorded)
    {
      throw RunError(
        "\(found.path) is \(found.own.inWords) in \(folder.options), and \(checkpoint) was trained with "
          + "\(found.other.inWords): the file was edited, or is another run's; put the value back"
          + (RunChange.flag(ofOption: found.path, value: found.own).map { " and give \($0)" } ?? "")
          + ", or begin a new run with it")
    }
    // Imported weights go on with whatever data they are given first.
    guard let trained = then.data, let present = now.data, trained != present else { return }
    let changes = try then.changes
    let isChanged = options.changes.contains {
      $0.path == RunChange.data && $0.step >= then.step && !changes.contains($0)
    }
    guard !isChanged else { return }
    let counts =
      trained.pictures == present.pictures
      ? "\(present.pictures) pictures, as then"
      : "it had \(trained.pictures) pictures and now has \(present.pictures)"
    let first = DataIndex.firstDifference(folder.data, dataset) ?? "names, sizes or labels differ"
    throw RunError(
      "the data is not what \(checkpoint) was trained on (\(counts); \(first)), so this would be another run: name the "
        + "same pictures by --data, go on with these by "
        + LaunchCommand.line(["--change", "data=\(options.data)"]) + ", or start anew")
  }
}
