import Cluster
import Files
import Foundation
import Synchronization

/// Holds a run's folder for this process: touches its file, and tells where it has lost the folder. On rank 0 alone.
/// See Note [Owner of a folder].
package final class RunOwner: @unchecked Sendable {
  /// How the folder stands.
  package enum Standing: Equatable, Sendable {
    /// It is this process's.
    case held
    /// Another process has it; nil: its file does not say which.
    case taken(by: OwnerRecord?)
    /// It is not where it was: moved, or removed.
    case gone
  }

  /// The run's folder.
  package let folder: String
  /// Whether it was made to be owned, and may go if nothing is written into it.
  private let isMade: Bool

  private let files: OwnerFiles
  private let number: Int
  private let record: OwnerRecord
  private let folderIdentity: [UInt64]
  /// Our file, open. Held during a look, as a look may replace it.
  private let file: Mutex<Int32>
  private let lastSeen = Mutex(Standing.held)
  private let isReleased = Atomic(false)
  private let end = DispatchSemaphore(value: 0)

  /// The variable that says how many seconds without a sign of life are enough to take an owner for dead.
  package static let patienceVariable = "DCGAN_OWNER_PATIENCE"
  /// Where it does not say.
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

  /// Takes `folder` for this process, and makes it and its parents where they are missing.
  /// - Parameter notify: told at once what a person who waits should know.
  /// - Throws: `RunError` where another process has it, or the folder cannot be made or written to.
  package static func claim(_ folder: String, notify: @escaping (String) -> Void) throws -> RunOwner {
    try claim(folder, as: .own(patience: patience()), notify: notify)
  }

  /// Takes `folder` for the process that `record` tells of.
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

  /// Begins to hold what was just taken.
  /// - Parameter file: the file of `number`, open; closed by this.
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

  /// The folder as it was found at the last look, at most a few seconds ago.
  package var standing: Standing { lastSeen.withLock { $0 } }

  /// Looks whether the folder is still this process's. To be called before anything in it is replaced or added to.
  /// - Returns: whether it is there; false: it was moved or removed.
  /// - Throws: `LostFolder` where another process has taken it.
  package func check() throws -> Bool {
    switch look() {
    case .held: return true
    case .gone: return false
    case .taken(let other): throw LostFolder(folder: folder, other: other)
    }
  }

  /// Does something in the folder, if it is there. Where that fails as the folder is not this process's any more, that
  /// is what is said.
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

  /// Does something in the folder, which must be there: for a start, which has nothing yet that could be saved
  /// elsewhere.
  /// - Throws: `LostFolder`; `RunError` where the folder is gone; what `body` throws.
  package func inHeldFolder<Value>(_ body: () throws -> Value) throws -> Value {
    guard let value = try inFolder(body) else { throw RunError("the folder \(folder) is gone") }
    return value
  }

  /// Leaves the folder to others, and removes it if it was made for nothing. Does nothing the second time.
  package func release() {
    guard !isReleased.exchange(true, ordering: .relaxed) else { return }
    end.signal()
    // Not a file of the same name in a folder that is another one by now.
    file.withLock { file in
      if isOwn(file) { unlink(files.path(number)) }
    }
    if isMade { rmdir(folder) }
  }

  /// On a thread of its own, until the folder is released.
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
      // Who lost a folder does not get it back: what is in the files is not what this process has in memory.
      if standing == .held { standing = found }
      return standing
    }
  }

  private func seen(with file: inout Int32) -> Standing {
    var status = stat()
    if isOwn(file), lstat(files.path(number + 1), &status) != 0 { return .held }
    guard Self.identity(folder) == folderIdentity, !folderIdentity.isEmpty else { return .gone }
    if let last = try? files.numbers().last { return .taken(by: (try? files.read(last))?.record) }
    // Somebody removed the file alone, and nobody has come since.
    return restore(&file) ? .held : .taken(by: nil)
  }

  /// Makes our file again.
  /// - Returns: false where another process was quicker, or it cannot be made.
  private func restore(_ file: inout Int32) -> Bool {
    guard let draft = try? OwnerDraft(record, in: folder),
      let fresh = try? draft.publish(as: files.path(number))
    else { return false }
    close(file)
    file = fresh
    return (try? files.numbers().last) == number
  }

  /// Whether the file of our number is the one that we made.
  private func isOwn(_ file: Int32) -> Bool {
    let found = open(files.path(number), O_RDONLY | O_CLOEXEC)
    // What the system refuses for another reason tells nothing of who owns the folder.
    guard found >= 0 else { return ![ENOENT, ENOTDIR, ESTALE].contains(errno) }
    defer { close(found) }
    var theirs = stat()
    var ours = stat()
    return fstat(found, &theirs) == 0 && fstat(file, &ours) == 0 && theirs.st_ino == ours.st_ino
      && theirs.st_dev == ours.st_dev
  }

  /// What tells a folder from another one at the same path; empty where there is none.
  private static func identity(_ path: String) -> [UInt64] {
    var status = stat()
    return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : []
  }
}

/// The run's folder belongs to another process now, so nothing more may be written there.
package struct LostFolder: Error, CustomStringConvertible {
  /// The run's folder.
  let folder: String
  /// Who has it; nil: its file does not say.
  let other: OwnerRecord?

  /// One sentence.
  package var description: String {
    "\(folder) does not belong to this run any more: \(other?.who ?? "another process") has taken it; this one ends "
      + "and writes nothing more there"
  }
}
