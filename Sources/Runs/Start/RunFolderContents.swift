import Cluster
import Configuration
import Foundation
import Reporting
import Synchronization

/// What a folder holds that may be a run's. Only rank 0 looks: on NFS, ranks may disagree on whether a file
/// exists.
extension RunFolder {
  /// Whether the folder holds a run, or what is left of one.
  package var holdsRun: Bool { [.options, .checkpoints].contains(where: has) }

  /// Whether the folder holds a run that has written a checkpoint, valid or not. A checkpoint that was being
  /// replaced when the process was killed counts too.
  /// - Throws: `ConfigurationError` where the folder cannot be read, or holds checkpoints but no
  ///   `options.json`.
  package func holdsCheckpoints() throws -> Bool {
    guard has(.checkpoints) else { return false }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: checkpoints)
    } catch {
      throw ConfigurationError("the folder \(checkpoints) cannot be read: \(systemReason(error))")
    }
    guard names.contains(where: { $0.hasPrefix("step-") || $0.hasPrefix(".step-") }) else { return false }
    guard has(.options) else {
      throw ConfigurationError(
        "\(path) holds checkpoints but no \(Entry.options.name), so their run is not known: put the file back, or give "
          + "another --out")
    }
    return true
  }

  /// Whether the folder surely holds no checkpoint; false also where the file server does not answer within a
  /// second.
  package var checkpointsAreGone: Bool {
    let answer = Mutex(false)
    let answered = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let holds = (try? holdsCheckpoints()) ?? true
      answer.withLock { $0 = !holds }
      answered.signal()
    }
    return answered.wait(timeout: .now() + 1) == .success && answer.withLock { $0 }
  }

  /// Whether both paths lead to the same folder.
  func isSamePlace(as other: RunFolder) -> Bool {
    func real(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    return real(path) == real(other.path)
  }

  /// Renames the folder of the checkpoints where a run starts anew, so that none of them is lost or taken for
  /// the new run's.
  /// - Returns: the new path.
  /// - Throws: `RunError`.
  func setAsideCheckpoints() throws -> String {
    for number in 1...10_000 {
      let to = "\(checkpoints).damaged-\(number)"
      guard !FileManager.default.fileExists(atPath: to) else { continue }
      guard rename(checkpoints, to) == 0 else { throw RunError("\(checkpoints) cannot be renamed to \(to)") }
      return to
    }
    throw RunError("no free name was found to set \(checkpoints) aside")
  }

  /// Removes what a run has written here, and nothing else.
  /// - Throws: `RunError` that names what cannot be removed.
  package func clear() throws {
    for written in Entry.allCases.filter(has).map(path(of:)) + EventFile.files(in: path) {
      do {
        try FileManager.default.removeItem(atPath: written)
      } catch {
        throw RunError(
          "\(written) of the run that is to be replaced cannot be removed: \(systemReason(error))")
      }
    }
  }

  func has(_ entry: Entry) -> Bool { FileManager.default.fileExists(atPath: path(of: entry)) }
}

/// The system's words for an error of `FileManager`.
func systemReason(_ error: any Error) -> String {
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
  return code.map { String(cString: strerror(Int32($0))) } ?? "\((error as NSError).localizedDescription)"
}
