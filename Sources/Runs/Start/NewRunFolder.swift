import Cluster
import Configuration
import Files
import Foundation
import Wording

/// Names and makes the folders of new runs. On rank 0 alone.
package enum NewRunFolder {
  /// Makes the next numbered folder of `root`, such as `0001-dcgan64`, and returns its path. No two runs get
  /// the same folder.
  /// - Throws: `ConfigurationError` if the folder cannot be made.
  package static func reserveNumbered(in root: String, name: String) throws -> String {
    do {
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    } catch {
      throw ConfigurationError(
        "the folder \(root) for runs cannot be made: \(systemReason(error)); give --out")
    }
    for _ in 0..<100 {
      let path = nextNumbered(in: root, name: name)
      // Without intermediate directories, so that a folder that another run has just made is an error here.
      do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
      } catch {
        guard FileManager.default.fileExists(atPath: path) else {
          throw ConfigurationError(
            "the run's folder \(path) cannot be made: \(systemReason(error)); give --out")
        }
      }
    }
    throw ConfigurationError("no free number was found for a run's folder in \(root); give --out")
  }

  /// The path that the next numbered run would have.
  package static func nextNumbered(in root: String, name: String) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let last = names.compactMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }.max() ?? 0
    return "\(root)/\(zeroPadded(last + 1, to: 4))-\(name)"
  }

  /// Makes a new folder beside the run's folder, which is gone, and returns its path, such as
  /// `faces.rescued-1`.
  /// - Throws: `FileError`, which is rank 0's alone: the other ranks wait for the folder's name, so that they are ended.
  static func reserveBeside(_ folder: String) throws -> String {
    var stem = folder
    while stem.count > 1, stem.hasSuffix("/") { stem.removeLast() }
    try Folder.create(AtomicFile.split(stem).folder)
    var number = 1
    while true {
      let path = "\(stem).rescued-\(number)"
      if mkdir(path, 0o777) == 0 { return path }
      guard errno == EEXIST else { throw FileError(action: "create", path: path) }
      number += 1
    }
  }

  /// Removes a folder that was reserved, if nothing was written into it.
  package static func removeIfEmpty(_ folder: String) {
    rmdir(folder)
  }
}
