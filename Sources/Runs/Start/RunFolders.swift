import Cluster
import Configuration
import Files
import Foundation
import Reporting
import Synchronization

/// Finds and names run folders. Only rank 0 looks: on NFS ranks disagree on whether a file exists.
package enum RunFolders {
  /// The file that makes a folder a run's.
  package static let optionsFile = "options.json"
  /// The folder of its checkpoints.
  package static let checkpointsFolder = "checkpoints"

  /// A run that was found by the path of its folder or of one of its checkpoints.
  package struct Found: Equatable, Sendable {
    /// The run's folder.
    package let run: String
    /// The checkpoint that was named; nil if the run was.
    package let checkpoint: String?
  }

  /// Whether `folder` holds a run, or the rest of one.
  package static func holdsRun(_ folder: String) -> Bool {
    [optionsFile, checkpointsFolder].contains { exists(folder + "/" + $0) }
  }

  /// Whether `folder` holds a run that has written a checkpoint, of whatever worth; also one that was being
  /// replaced when the process was killed.
  /// - Throws: `ConfigurationError` where that cannot be known, or the checkpoints' run cannot be.
  package static func holdsCheckpoints(_ folder: String) throws -> Bool {
    let checkpoints = folder + "/" + checkpointsFolder
    guard exists(checkpoints) else { return false }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: checkpoints)
    } catch {
      throw ConfigurationError("the folder \(checkpoints) cannot be read: \(reason(error))")
    }
    guard names.contains(where: { $0.hasPrefix("step-") || $0.hasPrefix(".step-") }) else { return false }
    guard exists(folder + "/" + optionsFile) else {
      throw ConfigurationError(
        "\(folder) holds checkpoints but no \(optionsFile), so their run is not known: put the file back, or give "
          + "another --out")
    }
    return true
  }

  /// Whether `run` surely holds no checkpoint. Of a file server that does not answer within a second nothing is known.
  package static func checkpointsAreGone(_ run: String) -> Bool {
    let answer = Mutex(false)
    let answered = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let holds = (try? holdsCheckpoints(run)) ?? true
      answer.withLock { $0 = !holds }
      answered.signal()
    }
    return answered.wait(timeout: .now() + 1) == .success && answer.withLock { $0 }
  }

  /// Renames the checkpoints of a run that starts anew, so that none is lost and none is taken for the new
  /// run's.
  /// - Returns: the new path.
  /// - Throws: `RunError`.
  static func setAsideCheckpoints(of folder: String) throws -> String {
    let from = folder + "/" + checkpointsFolder
    for number in 1...10_000 where !exists("\(from).damaged-\(number)") {
      let to = "\(from).damaged-\(number)"
      guard rename(from, to) == 0 else { throw RunError("\(from) cannot be renamed to \(to)") }
      return to
    }
    throw RunError("no free name was found to set \(from) aside")
  }

  /// Whether two paths lead to the same folder.
  static func samePlace(_ one: String, _ other: String) -> Bool {
    func real(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    return real(one) == real(other)
  }

  /// The run that `path` is the folder of, or a checkpoint of.
  /// - Throws: `ConfigurationError` if it is neither.
  package static func locate(_ path: String) throws -> Found {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard exists(path) else { throw ConfigurationError("--resume: there is no folder \(path)") }
    if exists(path + "/" + optionsFile) { return Found(run: path, checkpoint: nil) }
    let above = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent()
    let name = URL(fileURLWithPath: path).lastPathComponent
    if exists(path + "/manifest.json") || (name.hasPrefix("step-") && Int(name.dropFirst(5)) != nil) {
      let run = above.deletingLastPathComponent().path
      guard exists(run + "/" + optionsFile) else {
        throw ConfigurationError(
          "--resume: the checkpoint \(path) is not within a run's folder: \(run)/\(optionsFile) is missing")
      }
      return Found(run: run, checkpoint: path)
    }
    throw ConfigurationError(
      "--resume: \(path) is neither a run's folder (it has no \(optionsFile)) nor a checkpoint (it has no "
        + "manifest.json); name runs/NAME or runs/NAME/checkpoints/step-NNNNNNNN")
  }

  /// Makes the next numbered folder of `root`, `0001-dcgan64`, and gives its path. No two runs get the same.
  /// - Throws: `ConfigurationError` if it cannot be made.
  package static func reserveNumbered(in root: String, name: String) throws -> String {
    do {
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    } catch {
      throw ConfigurationError("the folder \(root) for runs cannot be made: \(reason(error)); give --out")
    }
    for _ in 0..<100 {
      let path = nextNumbered(in: root, name: name)
      // Not with intermediates: a folder that another run has just made must be an error here.
      do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
      } catch {
        guard exists(path) else {
          throw ConfigurationError("the run's folder \(path) cannot be made: \(reason(error)); give --out")
        }
      }
    }
    throw ConfigurationError("no free number was found for a run's folder in \(root); give --out")
  }

  /// Makes a new folder beside that of a run which is gone, and gives its path: `faces.rescued-1`.
  /// - Throws: `RunError`.
  static func reserveBeside(_ folder: String) throws -> String {
    var stem = folder
    while stem.count > 1, stem.hasSuffix("/") { stem.removeLast() }
    do {
      try Folder.create(AtomicFile.split(stem).folder)
    } catch {
      throw RunError("\(folder) is gone, and no folder can be made beside it: \(error)")
    }
    for number in 1...10_000 {
      let path = "\(stem).rescued-\(number)"
      if mkdir(path, 0o777) == 0 { return path }
      guard errno == EEXIST else { break }
    }
    throw RunError(
      "\(folder) is gone, and no folder can be made beside it: \(String(cString: strerror(errno)))")
  }

  /// The path that the next numbered run would have.
  package static func nextNumbered(in root: String, name: String) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let last = names.compactMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }.max() ?? 0
    let digits = String(last + 1)
    return "\(root)/\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)-\(name)"
  }

  /// Removes a folder that was reserved, if nothing was written into it.
  package static func removeIfEmpty(_ folder: String) {
    rmdir(folder)
  }

  /// Removes what a run has written to `folder`, and nothing else.
  /// - Throws: `RunError` naming what cannot be removed.
  static func clear(_ folder: String) throws {
    let written = [
      optionsFile, checkpointsFolder, "log.txt", "logs", "metrics.jsonl", "data.tsv", "reals.png",
      "losses.png",
      "progress.gif", "reals-and-fakes.png", "samples",
    ]
    let events = EventFile.files(in: folder).map { String($0.dropFirst(folder.count + 1)) }
    for name in written + events where exists(folder + "/" + name) {
      do {
        try FileManager.default.removeItem(atPath: folder + "/" + name)
      } catch {
        throw RunError(
          "\(folder)/\(name) of the run that is to be replaced cannot be removed: \(reason(error))")
      }
    }
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
    return code.map { String(cString: strerror(Int32($0))) } ?? "\((error as NSError).localizedDescription)"
  }
}
