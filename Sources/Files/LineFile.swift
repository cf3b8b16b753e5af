/// A text file that grows by whole lines. Each line is written in one system call; if it does not fit on the disk, no
/// part of it stays in the file. Calls on one file must not overlap; the owner of the file ensures this.
package final class LineFile: Sendable {
  private let file: GrowingFile

  /// Where the file is.
  package var path: String { file.path }

  /// Opens a file to add lines to it, and creates it if there is none. If the last line has no line end, as when its
  /// writer was killed, a line end is added first.
  /// - Parameter startEmpty: whether the old content of the file is dropped.
  /// - Throws: `FileError`.
  package init(path: String, startEmpty: Bool = false) throws {
    file = try GrowingFile(path: path, opening: startEmpty ? .emptied : .asItIs)
    if let last = file.lastByte, last != UInt8(ascii: "\n") { try append("") }
  }

  /// Adds a line, or several separated by newlines, and a line end.
  /// - Throws: `FileError`; the file is then as it was before the call.
  package func append(_ line: String) throws {
    var text = line + "\n"
    try text.withUTF8 { try file.append(UnsafeRawBufferPointer($0)) }
  }

  /// All bytes of the file, even if it was renamed or removed after it was opened.
  /// - Throws: `FileError`.
  package func contents() throws -> [UInt8] { try file.contents() }

  /// Flushes the file to the disk.
  /// - Throws: `FileError`.
  package func flush() throws { try file.flush() }
}
