import Drawing
import Files
import Foundation

/// A run's event file for TensorBoard: all numbers of each logged step, and the sheets.
///
/// Each start of a run writes a new file. If the run goes on from a checkpoint, the file says so, and TensorBoard drops
/// what the earlier files hold of that step and later steps: those steps are computed again.
package final class RunEvents {
  private let file: EventFile

  /// Makes the event file of a run.
  ///
  /// A run that starts anew first removes the event files of an earlier run. A run that goes on in a folder without
  /// event files first writes all records of `metrics.jsonl`.
  /// - Parameters:
  ///   - folder: the run's folder. If the run goes on, its `metrics.jsonl` holds steps up to `step` only.
  ///   - host: the machine's name.
  ///   - step: the step that the run goes on from; nil if it starts anew.
  /// - Throws: `FileError`, `MetricsError`.
  package init(_ folder: RunFolder, host: String, goingOnFrom step: Int?) throws {
    let earlier = EventFile.files(in: folder.path)
    guard let step else {
      for path in earlier where unlink(path) != 0 && errno != ENOENT {
        throw FileError(action: "remove", path: path)
      }
      file = try EventFile(folder: folder.path, host: host)
      return
    }
    file = try EventFile(folder: folder.path, host: host)
    let hasMetrics = FileManager.default.fileExists(atPath: folder.metrics)
    let records = hasMetrics ? try MetricsFile.read(folder.metrics) : []
    if !earlier.isEmpty { try file.restart(step: step) }
    let now = Date()
    let seconds = records.last?.seconds ?? 0
    for record in records where earlier.isEmpty || record.step == step {
      // The times are those of a run without interruption that has reached the last record now.
      let time = now.addingTimeInterval(record.seconds.isFinite ? record.seconds - seconds : 0)
      try append(record, at: time)
    }
  }

  /// Where the file is.
  package var path: String { file.path }

  /// Adds a logged step.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(_ record: MetricsRecord, at time: Date = Date()) throws {
    try file.append(
      scalars: record.numbers().map { (tag: "\(Self.group($0.name))/\($0.name)", number: $0.number) },
      step: record.step, at: time)
  }

  /// Adds the sheet of the fixed z.
  /// - Parameter png: `sheet` as a PNG file.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(sample sheet: Raster, png: [UInt8], step: Int) throws {
    try file.append(sheet, png: png, tag: "samples/fixed_z", step: step)
  }

  /// Adds the sheet of real pictures.
  /// - Parameter png: `sheet` as a PNG file.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(reals sheet: Raster, png: [UInt8]) throws {
    try file.append(sheet, png: png, tag: "samples/reals", step: 0)
  }

  /// Adds what a resume changed of the run, as sentences in the order in which they hold.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(changes: [String], step: Int) throws {
    guard !changes.isEmpty else { return }
    try file.append(text: changes.map { "- \($0)" }.joined(separator: "\n"), tag: "run/changes", step: step)
  }

  // TensorBoard groups tags by the word before the slash.
  private static func group(_ name: String) -> String {
    if ["loss_d_share", "smoothness", "variety", "sheet"].contains(where: name.hasPrefix) {
      return "failure_watch"
    }
    if name.hasPrefix("loss") { return "losses" }
    if name.hasPrefix("grad_norm") { return "gradients" }
    if name.hasPrefix("lr_") { return "rates" }
    if name.hasPrefix("d_") { return "discriminator" }
    if name.contains("_seconds") || name == "overlap_percent" { return "waiting" }
    return "run"
  }
}
