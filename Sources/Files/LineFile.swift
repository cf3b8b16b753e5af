/// A text file that grows by whole lines: each leaves in one system call, and one that does not fit on the
/// disk leaves nothing of itself behind. Calls of one file must not overlap; its owner sees to that.
package final class LineFile: Sendable {
  private let file: GrowingFile

  /// Where the file is.
  package var path: String { file.path }

  /// Opens a file to add lines to it, and creates it where there is none. If the last line of what is there
  /// has no end (its writer was killed), it is ended first.
  /// - Parameter startEmpty: drops what the file held.
  /// - Throws: `FileError`.
  package init(path: String, startEmpty: Bool = false) throws {
    file = try GrowingFile(path: path, opening: startEmpty ? .emptied : .asItIs)
    if let last = file.lastByte, last != UInt8(ascii: "\n") { try append("") }
  }

  /// Adds a line (or several, parted by newlines) and its end.
  /// - Throws: `FileError`; the file is then as it was before the call.
  package func append(_ line: String) throws {
    var text = line + "\n"
    try text.withUTF8 { try file.append(UnsafeRawBufferPointer($0)) }
  }

  /// All that the file holds, also where it was renamed or removed since it was opened.
  /// - Throws: `FileError`.
  package func contents() throws -> [UInt8] { try file.contents() }

  /// Brings what was added to the disk.
  /// - Throws: `FileError`.
  package func flush() throws { try file.flush() }
}
