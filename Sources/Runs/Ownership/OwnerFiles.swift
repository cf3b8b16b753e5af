import Files
import Foundation
import Wording

// Note [Owner of a folder]
// ~~~~~~~~~~~~~~~~~~~~~~~~
// One process tree writes to a run's folder at a time. File locks will not do: over NFS, and between several nodes,
// they are not to be relied on. What every file system does whole is to give a file a name that must be free (link,
// or open with O_EXCL), and so:
//
//  1. The owner is who has the file owner-N.json with the highest number N. To take a folder is to give a complete
// record the name of the next number; of two that try the same number one gets an error, and looks again. Who finds
// a higher number than its own afterwards (it slept in between) takes its own back.
//  2. The owner touches its file every few seconds. Whoever wants the folder, and cannot see whether the owner's
// process lives (another host, another container), watches that time. It compares it with its own earlier looks, and
// with the time that the same file system gives to a file of its own, never with a clock of another machine.
//  3. An owner that is dead is followed by the next number; its own file is removed, lower numbers first, so that
// while a file is there its successor is too.
//  4. An owner looks before it replaces or adds to anything (`RunOwner.check`): its file must be the one that it
// made, and no file may have the next number. One that was thought dead (a node that its scheduler lost, a job that
// was suspended) finds out here, writes nothing and ends.
//
// What is left is the moment between a look and the rename that follows it. A successor of an owner that may still
// live therefore waits until that one has left or given no sign of life for its whole patience, and only then looks
// at what is in the folder.

/// The files of a folder that say who owns it. See Note [Owner of a folder].
struct OwnerFiles {
  /// The run's folder.
  let folder: String

  /// A record as it was found.
  struct Found {
    /// Its number.
    var number: Int
    /// nil: the file is no record.
    var record: OwnerRecord?
    /// When it was last touched, by the file system's clock, in seconds.
    var touched: Double
  }

  /// The path of the file of number `number`.
  func path(_ number: Int) -> String {
    "\(folder)/\(Self.prefix)\(zeroPadded(number, to: 8))\(Self.suffix)"
  }

  static let prefix = "owner-"
  static let suffix = ".json"

  /// The numbers that are taken, ascending.
  /// - Throws: `FileError`.
  func numbers() throws -> [Int] {
    try Folder.list(folder).compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
      return Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
    }.sorted()
  }

  /// Reads the file of number `number`; nil where there is none.
  /// - Throws: `FileError`.
  func read(_ number: Int) throws -> Found? {
    // Opened, not looked up: only that makes NFS ask its server.
    let file = open(path(number), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ESTALE { return nil }
      throw FileError(action: "read", path: path(number))
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(file, &bytes, bytes.count)
    guard count >= 0 else { throw FileError(action: "read", path: path(number)) }
    return Found(
      number: number, record: OwnerRecord(json: Data(bytes.prefix(count))), touched: Self.touched(file))
  }

  /// When an open file was last changed or touched, by the clock of its file system.
  static func touched(_ file: Int32) -> Double {
    var status = stat()
    guard fstat(file, &status) == 0 else { return 0 }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
  }

  /// Touches an open file.
  static func touch(_ file: Int32) { futimens(file, nil) }

  /// Removes every number below `number`, the lowest first.
  func removeBelow(_ number: Int) throws {
    for lower in try numbers() where lower < number {
      guard unlink(path(lower)) == 0 || errno == ENOENT else {
        throw FileError(action: "remove", path: path(lower))
      }
    }
  }
}

/// A complete record under a hidden name, to be given the name of a number. Removed with the value that holds it.
final class OwnerDraft {
  /// Its file, open for as long as the value lives.
  let file: Int32
  private let path: String

  /// Writes `record` into `folder`, brought to the disk.
  /// - Throws: `FileError`.
  init(_ record: OwnerRecord, in folder: String) throws {
    path = "\(folder)/.owner-\(record.token).tmp"
    file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileError(action: "write", path: path) }
    var text = record.json
    let written = text.withUTF8 { bytes in
      Foundation.write(file, bytes.baseAddress, bytes.count) == bytes.count
    }
    guard written, fsync(file) == 0 else {
      let code = errno
      unlink(path)
      close(file)
      throw FileError(action: "write", path: path, code: code)
    }
  }

  deinit {
    unlink(path)
    close(file)
  }

  /// Gives the record a name that must be free.
  /// - Returns: the file under its name, open; nil: the name is taken.
  /// - Throws: `FileError`.
  func publish(as name: String) throws -> Int32? {
    if link(path, name) != 0 {
      let code = errno
      var status = stat()
      // Over NFS the answer to a link that was made may be lost, and the second try then finds the name taken.
      let wasMade = stat(path, &status) == 0 && status.st_nlink == 2
      guard !wasMade else { return dup(file) }
      if code == EEXIST { return nil }
      guard code == EPERM || code == ENOTSUP || code == ENOSYS else {
        throw FileError(action: "write", path: name, code: code)
      }
      return try copy(to: name)
    }
    return dup(file)
  }

  /// For file systems that know no second names.
  private func copy(to name: String) throws -> Int32? {
    let other = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard other >= 0 else {
      if errno == EEXIST { return nil }
      throw FileError(action: "write", path: name)
    }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = pread(file, &bytes, bytes.count, 0)
    guard count > 0, Foundation.write(other, bytes, count) == count, fsync(other) == 0 else {
      let code = errno
      unlink(name)
      close(other)
      throw FileError(action: "write", path: name, code: code)
    }
    return other
  }
}
