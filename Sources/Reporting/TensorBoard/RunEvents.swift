import Drawing
import Files
import Foundation

/// A run's own event file for TensorBoard: every number of each logged step, and its sheets.
///
/// Each start of a run has a file of its own. One that goes on from a checkpoint tells so: TensorBoard then drops what
/// the earlier files say of that step and of later ones, as they were lost with the process that wrote them.
package final class RunEvents {
  private let file: EventFile

  /// Begins the event file of a run that starts anew or, with the metrics of the steps up to `step`, goes on from it.
  ///
  /// A run that starts anew removes the event files of the one before it. One that goes on in a folder without any
  /// begins with all that `metrics.jsonl` knows.
  /// - Parameter host: the machine's name.
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
      // As if they had been trained without a stop, up to now.
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

  // TensorBoard shows what has the same word before the slash together.
  private static func group(_ name: String) -> String {
    if name.hasPrefix("loss") { return "losses" }
    if name.hasPrefix("grad_norm") { return "gradients" }
    if name.hasPrefix("d_") { return "discriminator" }
    if name.contains("_seconds") || name == "overlap_percent" { return "waiting" }
    return "run"
  }
}
