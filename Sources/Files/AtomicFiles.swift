import Foundation

/// Writes many files of one folder, each whole or not at all, at the cost of a few flushes: to bring each to the disk
/// by itself takes milliseconds, mostly more than to compute it.
///
/// Files get hidden names first. Some hundred at a time are brought to the disk, all by one call, and only then get
/// their own names; so neither the end of the process nor that of the machine leaves a part of one under its name.
/// Calls must not overlap.
package final class AtomicFiles {
  private let folder: String
  private var waiting: [(hidden: String, path: String)] = []

  /// How many files wait at most: as many hidden ones a killed process leaves.
  private static let together = 256

  /// Writes into `folder`, which exists.
  package init(in folder: String) {
    self.folder = folder
  }

  // After an error: those that got their names are not there any more under the hidden ones.
  deinit { for file in waiting { unlink(file.hidden) } }

  /// Adds the file `name`, and replaces one that is there. Until `finish` it may be missing.
  /// - Throws: `FileError`.
  package func add(_ bytes: [UInt8], as name: String) throws {
    let path = "\(folder)/\(name)"
    let hidden = try bytes.withUnsafeBytes { try AtomicFile.writeHidden($0, for: path) }
    waiting.append((hidden, path))
    if waiting.count == Self.together { try finish() }
  }

  /// Brings all that was added to the disk, under its names.
  /// - Throws: `FileError`; files that have no name by then are gone.
  package func finish() throws {
    guard !waiting.isEmpty else { return }
    try flush()
    for file in waiting where rename(file.hidden, file.path) != 0 {
      throw FileError(action: "write", path: file.path)
    }
    waiting = []
    try AtomicFile.flushFolder(folder)
  }

  /// Brings the contents of the hidden files to the disk.
  private func flush() throws {
    // All of the file system at once takes a tenth of the time of one file after the other.
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
