import Drawing
import Files
import Foundation
import Wording

/// The names of the files and folders in a run's folder.
package struct RunFolder: Equatable, Sendable {
  /// The run's folder.
  package let path: String

  /// Takes the path of a run's folder; no file is read or created.
  package init(_ path: String) {
    self.path = path
  }

  /// The entries that a run may write into its folder, by name. Event files are not among them, as their names contain
  /// the time (`EventFile.files`), nor are the files of the folder's owner, which are never removed with the entries.
  package enum Entry: String, CaseIterable, Sendable {
    /// The options of the run. A folder with this file is a run's folder.
    case options = "options.json"
    /// The folder of the checkpoints.
    case checkpoints
    /// The log of rank 0.
    case log = "log.txt"
    /// The folder of the logs of the other ranks.
    case rankLogs = "logs"
    /// One line with a JSON object for each logged step.
    case metrics = "metrics.jsonl"
    /// The picture files that the run is trained on, one on each line; not written if the pictures are not files.
    case data = "data.tsv"
    /// A sheet of real pictures as the network sees them.
    case reals = "reals.png"
    /// The curves of both losses.
    case losses = "losses.png"
    /// The animation of the sheets of the fixed z.
    case animation = "progress.gif"
    /// Real pictures beside generated ones.
    case realsAndFakes = "reals-and-fakes.png"
    /// The folder of the sample sheets.
    case samples

    /// The name of the entry in the folder.
    package var name: String { rawValue }
  }

  /// The path of an entry.
  package func path(of entry: Entry) -> String { "\(path)/\(entry.name)" }

  /// The path of `Entry.options`.
  package var options: String { path(of: .options) }

  /// The path of `Entry.checkpoints`.
  package var checkpoints: String { path(of: .checkpoints) }

  /// The path of `Entry.data`.
  package var data: String { path(of: .data) }

  /// The path of a rank's log: `log.txt` for rank 0, `logs/rank-0003.log` for rank 3.
  package func log(rank: Int) -> String {
    rank == 0 ? path(of: .log) : "\(path(of: .rankLogs))/rank-\(zeroPadded(rank, to: 4)).log"
  }

  /// The path of `Entry.metrics`.
  package var metrics: String { path(of: .metrics) }

  /// The path of `Entry.reals`.
  package var reals: String { path(of: .reals) }

  /// The path of `Entry.losses`.
  package var losses: String { path(of: .losses) }

  /// The path of `Entry.animation`.
  package var animation: String { path(of: .animation) }

  /// The path of `Entry.realsAndFakes`.
  package var realsAndFakes: String { path(of: .realsAndFakes) }

  /// The path of `Entry.samples`.
  package var samples: String { path(of: .samples) }

  /// The path of a step's sheet: `samples/step-00000200.png`.
  package func sample(step: Int) -> String { "\(samples)/\(Self.stepName(step)).png" }

  /// The form of a step in file names, `step-00000200`, so that names sort in the order of steps.
  package static func stepName(_ step: Int) -> String { "step-\(zeroPadded(step, to: 8))" }

  /// The steps whose sheets exist, ascending. Files of other names are skipped. Empty if there is no `samples` folder.
  package func sampleSteps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: samples)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".png") else { return nil }
      return Int(name.dropFirst(5).dropLast(4)).flatMap { stepFile(name, is: $0) ? $0 : nil }
    }.sorted()
  }

  /// The path of the folder with a step's pictures as separate files: `samples/step-00000200`.
  package func singles(step: Int) -> String { "\(samples)/\(Self.stepName(step))" }

  /// Writes each of a step's pictures as a separate file: `samples/step-00000200/07.png`, counted from 0.
  /// - Throws: `FileError`, `PictureError`.
  package func writeSingles(_ pictures: SheetPictures, step: Int) throws {
    let folder = singles(step: step)
    try Self.create(folder)
    let digits = max(2, String(pictures.count - 1).count)
    let files = AtomicFiles(in: folder)
    for index in 0..<pictures.count {
      try files.add(pictures[index].png(), as: "\(zeroPadded(index, to: digits)).png")
    }
    try files.finish()
  }

  /// The steps with a folder of separate pictures, ascending.
  func singleSteps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: samples)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("step-") else { return nil }
      return Int(name.dropFirst(5)).flatMap { name == Self.stepName($0) ? $0 : nil }
    }.sorted()
  }

  /// Removes the sheets and separate pictures of steps after `step`, for a run that goes on from `step`.
  /// - Throws: `FileError`.
  package func removeSamples(after step: Int) throws {
    for later in singleSteps() where later > step {
      let folder = singles(step: later)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        guard unlink("\(folder)/\(name)") == 0 else {
          throw FileError(action: "remove", path: "\(folder)/\(name)")
        }
      }
      guard rmdir(folder) == 0 else { throw FileError(action: "remove", path: folder) }
    }
    for later in sampleSteps() where later > step {
      guard unlink(sample(step: later)) == 0 || errno == ENOENT else {
        throw FileError(action: "remove", path: sample(step: later))
      }
    }
  }

  private func stepFile(_ name: String, is step: Int) -> Bool { name == "\(Self.stepName(step)).png" }

  /// Creates the folders that this rank writes to, and their parents, unless they exist.
  /// - Throws: `FileError`.
  package func createFolders(rank: Int) throws {
    try Self.create(path(of: rank == 0 ? .samples : .rankLogs))
  }

  static func create(_ folder: String) throws {
    if mkdir(folder, 0o777) == 0 || (errno == EEXIST && isFolder(folder)) { return }
    guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else {
      throw FileError(action: "create the folder", path: folder, code: errno == EEXIST ? ENOTDIR : errno)
    }
    try create(String(folder[..<slash]))
    // Another rank may have created the folder in the meantime.
    if mkdir(folder, 0o777) != 0 && errno != EEXIST {
      throw FileError(action: "create the folder", path: folder)
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    errno = EEXIST
    return exists && isFolder.boolValue
  }
}
