import Cluster
import Configuration
import Foundation
import Reporting
import Synchronization

/// What is in a folder that a run may have been in. Only rank 0 looks: on NFS ranks disagree on whether a file exists.
extension RunFolder {
  /// Whether it holds a run, or the rest of one.
  package var holdsRun: Bool { [.options, .checkpoints].contains(where: has) }

  /// Whether it holds a run that has written a checkpoint, of whatever worth; also one that was being replaced when the
  /// process was killed.
  /// - Throws: `ConfigurationError` where that cannot be known, or the checkpoints' run cannot be.
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

  /// Whether it surely holds no checkpoint. Of a file server that does not answer within a second nothing is known.
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

  /// Renames the checkpoints of a run that starts anew, so that none is lost and none is taken for the new run's.
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
  /// - Throws: `RunError` naming what cannot be removed.
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

/// What the system says of an error of `FileManager`'s.
func systemReason(_ error: any Error) -> String {
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
  return code.map { String(cString: strerror(Int32($0))) } ?? "\((error as NSError).localizedDescription)"
}
