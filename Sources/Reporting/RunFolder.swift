import Drawing
import Files
import Foundation
import Wording

/// The names of what a run writes, in one place.
package struct RunFolder: Equatable, Sendable {
  /// The run's folder.
  package let path: String

  /// Names files in this folder; nothing is looked at or created.
  package init(_ path: String) {
    self.path = path
  }

  /// What a run may write into its folder, by the names there. Event files are not among them, as their names tell the
  /// time (`EventFile.files`), nor are the files of the folder's owner, which stay whatever is in the folder.
  package enum Entry: String, CaseIterable, Sendable {
    /// What the run was told: the file that makes a folder a run's.
    case options = "options.json"
    /// The folder of the checkpoints.
    case checkpoints
    /// What rank 0 said.
    case log = "log.txt"
    /// The folder of what the other ranks said.
    case rankLogs = "logs"
    /// One JSON object a logged step.
    case metrics = "metrics.jsonl"
    /// The pictures that the run is trained on, one a line, where they are files.
    case data = "data.tsv"
    /// A sheet of real pictures as the network sees them.
    case reals = "reals.png"
    /// The curves of both losses.
    case losses = "losses.png"
    /// The sheets of the fixed z one after the other.
    case animation = "progress.gif"
    /// Real pictures beside generated ones.
    case realsAndFakes = "reals-and-fakes.png"
    /// The folder of the sample sheets.
    case samples

    /// Its name in the folder.
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

  /// The path of what a rank said: `log.txt` for rank 0, `logs/rank-0003.log` for the others.
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

  /// The sheet of a step: `samples/step-00000200.png`.
  package func sample(step: Int) -> String { "\(samples)/\(Self.stepName(step)).png" }

  /// The name that a step has in file names, `step-00000200`: names sort as steps do.
  package static func stepName(_ step: Int) -> String { "step-\(zeroPadded(step, to: 8))" }

  /// The sheets that exist, by step; files of other names are passed over. Empty if there is no such folder.
  package func sampleSteps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: samples)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".png") else { return nil }
      return Int(name.dropFirst(5).dropLast(4)).flatMap { stepFile(name, is: $0) ? $0 : nil }
    }.sorted()
  }

  /// The folder of a step's pictures as files of their own: `samples/step-00000200`.
  package func singles(step: Int) -> String { "\(samples)/\(Self.stepName(step))" }

  /// Writes each of a step's pictures as a file of its own: `samples/step-00000200/07.png`, counted from 0.
  /// - Throws: `FileError`.
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

  /// The steps whose pictures are files of their own.
  func singleSteps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: samples)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("step-") else { return nil }
      return Int(name.dropFirst(5)).flatMap { name == Self.stepName($0) ? $0 : nil }
    }.sorted()
  }

  /// Removes the sheets and single pictures of steps after `step`, for a run that goes on from there.
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

  /// Creates the folders that this rank writes to, and their parents; those that exist already are fine.
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
    // Another rank may have been quicker.
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
