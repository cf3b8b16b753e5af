import Foundation

/// Writes many files of one folder, each wholly or not at all, with few flushes. To flush each file by itself would
/// take milliseconds, mostly more than to compute its content.
///
/// Files get hidden names first. After each 256 files, one call flushes them all to the disk, and only then they get
/// their own names. So no part of a file ever has the file's name, even if the process is killed or the machine loses
/// power. Calls must not overlap.
package final class AtomicFiles {
  private let folder: String
  private var waiting: [(hidden: String, path: String)] = []

  /// The most files that wait for their names, and so the most hidden files that a killed process leaves.
  private static let together = 256

  /// A writer into `folder`, which must exist.
  package init(in folder: String) {
    self.folder = folder
  }

  // After an error, removes the hidden files; files that got their own names are not affected.
  deinit { for file in waiting { unlink(file.hidden) } }

  /// Adds the file `name`, which replaces an older one. Until `finish` has returned, the new file may not be there.
  /// - Throws: `FileError`.
  package func add(_ bytes: [UInt8], as name: String) throws {
    let path = "\(folder)/\(name)"
    let hidden = try bytes.withUnsafeBytes { try AtomicFile.writeHidden($0, for: path) }
    waiting.append((hidden, path))
    if waiting.count == Self.together { try finish() }
  }

  /// Flushes all added files to the disk and gives them their names.
  /// - Throws: `FileError`; files that have not got their names by then are lost.
  package func finish() throws {
    guard !waiting.isEmpty else { return }
    try flush()
    for file in waiting where rename(file.hidden, file.path) != 0 {
      throw FileError(action: "write", path: file.path)
    }
    waiting = []
    try AtomicFile.flushFolder(folder)
  }

  /// Flushes the contents of the hidden files to the disk.
  private func flush() throws {
    // To flush the whole file system at once takes a tenth of the time of flushing one file after the other.
    if let failure = Folder.flushFileSystem(of: folder) {
      guard failure == 0 else { throw FileError(action: "write", path: folder, code: failure) }
      return
    }
    for file in waiting {
      let descriptor = open(file.hidden, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw FileError(action: "write", path: file.path) }
      let failure: Int32 = Descriptor.flush(descriptor) ? 0 : errno
      close(descriptor)
      guard failure == 0 else { throw FileError(action: "write", path: file.path, code: failure) }
    }
  }
}
