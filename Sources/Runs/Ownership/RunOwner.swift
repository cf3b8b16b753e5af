import Cluster
import Files
import Foundation
import Synchronization

/// Holds a run's folder for this process: touches the owner's file, and tells when the process has lost the
/// folder. On rank 0 alone. See Note [Owner of a folder].
package final class RunOwner: @unchecked Sendable {
  /// Whose the folder is.
  package enum Standing: Equatable, Sendable {
    /// It is this process's.
    case held
    /// Another process has it; nil: that process's file cannot be read.
    case taken(by: OwnerRecord?)
    /// It is not where it was: moved, or removed.
    case gone
  }

  /// The run's folder.
  package let folder: String
  /// Whether the folder was made for this claim, and is removed on release if it is empty.
  private let isMade: Bool

  private let files: OwnerFiles
  private let number: Int
  private let record: OwnerRecord
  private let folderIdentity: [UInt64]
  /// This owner's file, open. The lock is held during a look, as a look may replace the file.
  private let file: Mutex<Int32>
  private let lastSeen = Mutex(Standing.held)
  private let isReleased = Atomic(false)
  private let end = DispatchSemaphore(value: 0)

  /// The environment variable that says after how many seconds without a sign of life this owner counts as
  /// dead.
  package static let patienceVariable = "DCGAN_OWNER_PATIENCE"
  /// The seconds where the variable is not set.
  static let defaultPatience = 60.0

  /// The seconds that the environment asks for.
  private static func patience() throws -> Double {
    guard let text = ProcessInfo.processInfo.environment[patienceVariable] else { return defaultPatience }
    guard let seconds = Double(text), seconds >= 2, seconds <= 86_400 else {
      throw RunError(
        "\(patienceVariable) must be seconds from 2 to 86400, and is '\(text)'", code: RunExit.usage)
    }
    return seconds
  }

  /// Seconds between two signs of life.
  static func beat(_ patience: Double) -> Double { patience / 12 }

  /// Takes `folder` for this process, and makes the folder and its parents where they are missing.
  /// - Parameter notify: called at once with sentences for a person, as this may wait for a minute.
  /// - Throws: `RunError` where another process has the folder, it cannot be made or written to, a signal
  ///   asks for the end, or the variable's value is not valid.
  package static func claim(_ folder: String, notify: @escaping (String) -> Void) throws -> RunOwner {
    try claim(folder, as: .own(patience: patience()), notify: notify)
  }

  /// Takes `folder` for the process that `record` describes. Otherwise as `claim(_:notify:)`.
  package static func claim(
    _ folder: String, as record: OwnerRecord, notify: @escaping (String) -> Void
  ) throws -> RunOwner {
    do {
      let isMade = !Folder.isFolder(folder)
      try Folder.create(folder)
      do {
        return try OwnerClaim(files: OwnerFiles(folder: folder), record: record, notify: notify)
          .take(folderIsMade: isMade)
      } catch {
        if isMade { rmdir(folder) }
        throw error
      }
    } catch let error as FileError {
      throw RunError("\(error)")
    }
  }

  /// Begins to hold a folder that was just taken.
  /// - Parameter file: the open file of `number`, which this object closes.
  init(_ files: OwnerFiles, number: Int, record: OwnerRecord, file: Int32, folderIsMade: Bool) {
    self.files = files
    folder = files.folder
    isMade = folderIsMade
    self.number = number
    self.record = record
    self.file = Mutex(file)
    folderIdentity = Self.identity(files.folder)
    let thread = Thread { [self] in giveSigns() }
    thread.name = "run owner"
    thread.start()
  }

  deinit { file.withLock { _ = close($0) } }

  /// Whose the folder was at the last look, at most a few seconds ago.
  package var standing: Standing { lastSeen.withLock { $0 } }

  /// Looks whether the folder is still this process's. To be called before anything in it is replaced or added to.
  /// - Returns: true where this process has the folder; false where the folder was moved or removed.
  /// - Throws: `LostFolder` where another process has taken it.
  package func check() throws -> Bool {
    switch look() {
    case .held: return true
    case .gone: return false
    case .taken(let other): throw LostFolder(folder: folder, other: other)
    }
  }

  /// Runs `body`, which works in the folder, if the folder is there. If `body` fails and the folder is not
  /// this process's any more, this reports the loss and not the error of `body`.
  /// - Returns: nil: the folder is gone.
  /// - Throws: `LostFolder`; what `body` throws.
  package func inFolder<Value>(_ body: () throws -> Value) throws -> Value? {
    guard try check() else { return nil }
    do {
      return try body()
    } catch {
      guard try check() else { return nil }
      throw error
    }
  }

  /// Runs `body`, which works in the folder, where the folder must be there: for the start of a run, which
  /// has no state yet that could be saved elsewhere.
  /// - Throws: `LostFolder`; `RunError` where the folder is gone; what `body` throws.
  package func inHeldFolder<Value>(_ body: () throws -> Value) throws -> Value {
    guard let value = try inFolder(body) else { throw RunError("the folder \(folder) is gone") }
    return value
  }

  /// Gives the folder up, and removes it if it was made for this claim and is empty. Does nothing the second
  /// time.
  package func release() {
    guard !isReleased.exchange(true, ordering: .relaxed) else { return }
    end.signal()
    // The path may lead to a file of another process by now, which must stay.
    file.withLock { file in
      if isOwn(file) { unlink(files.path(number)) }
    }
    if isMade { rmdir(folder) }
  }

  /// Touches the file and looks, again and again, until the folder is released. Runs on a thread of its own.
  private func giveSigns() {
    while end.wait(timeout: .now() + Self.beat(record.patience)) == .timedOut {
      file.withLock { OwnerFiles.touch($0) }
      look()
    }
  }

  @discardableResult
  private func look() -> Standing {
    let found = file.withLock { seen(with: &$0) }
    return lastSeen.withLock { standing in
      // A process that lost its folder never gets it back, as the files may no longer match what it has in
      // memory.
      if standing == .held { standing = found }
      return standing
    }
  }

  private func seen(with file: inout Int32) -> Standing {
    var status = stat()
    if isOwn(file), lstat(files.path(number + 1), &status) != 0 { return .held }
    guard Self.identity(folder) == folderIdentity, !folderIdentity.isEmpty else { return .gone }
    if let last = try? files.numbers().last { return .taken(by: (try? files.read(last))?.record) }
    // Somebody removed the owner's file, but no other process has taken the folder.
    return restore(&file) ? .held : .taken(by: nil)
  }

  /// Makes this owner's file again.
  /// - Returns: false where another process was quicker, or the file cannot be made.
  private func restore(_ file: inout Int32) -> Bool {
    guard let draft = try? OwnerDraft(record, in: folder),
      let fresh = try? draft.publish(as: files.path(number))
    else { return false }
    close(file)
    file = fresh
    return (try? files.numbers().last) == number
  }

  /// Whether the file under this owner's number is the one that this owner made.
  private func isOwn(_ file: Int32) -> Bool {
    let found = open(files.path(number), O_RDONLY | O_CLOEXEC)
    // Other errors of the system say nothing about who owns the folder.
    guard found >= 0 else { return ![ENOENT, ENOTDIR, ESTALE].contains(errno) }
    defer { close(found) }
    var theirs = stat()
    var ours = stat()
    return fstat(found, &theirs) == 0 && fstat(file, &ours) == 0 && theirs.st_ino == ours.st_ino
      && theirs.st_dev == ours.st_dev
  }

  /// The device and inode of a folder, which tell it from another one at the same path; empty where there is
  /// none.
  private static func identity(_ path: String) -> [UInt64] {
    var status = stat()
    return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : []
  }
}

/// The run's folder belongs to another process now, so nothing more may be written there.
package struct LostFolder: Error, CustomStringConvertible {
  /// The run's folder.
  let folder: String
  /// The process that has it; nil: its file does not say.
  let other: OwnerRecord?

  /// One sentence.
  package var description: String {
    "\(folder) does not belong to this run any more: \(other?.who ?? "another process") has taken it; this one ends "
      + "and writes nothing more there"
  }
}
