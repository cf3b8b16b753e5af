import Files
import Foundation
import Wording

// Note [Owner of a folder]
// ~~~~~~~~~~~~~~~~~~~~~~~~
// Only one process tree writes to a run's folder at a time. File locks cannot ensure that: over NFS, and
// between several nodes, they are not reliable. But every file system can atomically give a file a name that
// must be free (link, or open with O_EXCL). So:
//
//  1. The owner is the process whose file owner-N.json has the highest number N. To take a folder, a process
// gives a complete record the name of the next number. If two processes try the same number, one of them gets
// an error and looks again. A process that afterwards finds a higher number than its own (it slept in
// between) removes its own file.
//  2. The owner touches its file every few seconds. A process that wants the folder, and cannot see whether
// the owner's process lives (another host, another container), watches the time of that file. It compares
// that time with the times that it saw earlier, and with the time that the same file system gives to a file
// of its own, never with the clock of another machine.
//  3. The successor of a dead owner takes the next number and then removes the lower ones, the lowest first.
// So as long as an owner's file exists, the files of all its successors exist too.
//  4. An owner checks its ownership before it replaces or adds to anything (`RunOwner.check`): its file must
// be the one that it made, and no file may have the next number. An owner that was wrongly taken for dead
// (its scheduler lost the node, or its job was suspended) finds that out here, writes nothing and ends.
//
// One gap is left: the moment between a check and the rename that follows it. So the successor of an owner
// that may still live waits until that owner has left, or has given no sign of life for its whole patience,
// and only then looks at the folder's contents.

/// The files of a folder that say who owns it. See Note [Owner of a folder].
struct OwnerFiles {
  /// The run's folder.
  let folder: String

  /// An owner's file as it was found.
  struct Found {
    /// The number in the file's name.
    var number: Int
    /// What the file says; nil: it is no valid record.
    var record: OwnerRecord?
    /// When the file was last touched, by the file system's clock, in seconds since 1970.
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
    // The file is opened and not looked up, as only opening makes NFS ask its server.
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

  /// When an open file was last changed or touched, by the clock of its file system, in seconds since 1970.
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

/// A complete record in a file with a hidden name, to be given the name of a number. The hidden name is
/// removed when this value is freed.
final class OwnerDraft {
  /// Its file, open for as long as the value lives.
  let file: Int32
  private let path: String

  /// Writes `record` to a hidden file in `folder` and flushes it to the disk.
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

  /// Gives the record the path `name`, which must be free.
  /// - Returns: a descriptor of the file, which the caller closes; nil: the name is taken.
  /// - Throws: `FileError`.
  func publish(as name: String) throws -> Int32? {
    if link(path, name) != 0 {
      let code = errno
      var status = stat()
      // Over NFS the answer to a successful link may be lost. The retry then finds the name taken, by this
      // very file.
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

  /// Copies the record to `name`, for file systems without hard links.
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
