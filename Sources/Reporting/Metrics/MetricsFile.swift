import Files
import Foundation

/// `metrics.jsonl`: one line with a JSON object for each logged step.
package final class MetricsFile: Sendable {
  private let file: LineFile

  /// Opens the file to add lines, and creates it if there is none.
  /// - Parameter startEmpty: whether the old content of the file is dropped.
  /// - Throws: `FileError`.
  package init(path: String, startEmpty: Bool = false) throws {
    file = try LineFile(path: path, startEmpty: startEmpty)
  }

  /// Where the file is.
  package var path: String { file.path }

  /// Adds a line. When this returns, the line has been handed to the system: readers see it at once, and a crash of
  /// this process cannot lose it.
  /// - Throws: `FileError`; the file is then as it was.
  package func append(_ record: MetricsRecord) throws {
    try file.append(record.jsonLine)
  }

  /// The bytes of the open file, even if it was renamed or removed after it was opened.
  /// - Throws: `FileError`.
  package func contents() throws -> [UInt8] { try file.contents() }

  /// All records of a file, in their order. An incomplete last line, which a killed writer leaves, is skipped.
  /// - Throws: `FileError` if the file cannot be read, `MetricsError` for any other line that is not a record.
  package static func read(_ path: String) throws -> [MetricsRecord] {
    try lines(of: path).compactMap { line in
      if let record = line.record { return record }
      if line.isLast { return nil }
      throw MetricsError(path: path, line: line.number)
    }
  }

  /// What `truncate(_:afterStep:)` removed.
  package struct Truncation: Equatable, Sendable {
    /// Lines of later steps.
    package var later: Int
    /// Lines that are not records, including an incomplete last line.
    package var damaged: Int

    /// A result from its counts.
    package init(later: Int = 0, damaged: Int = 0) {
      self.later = later
      self.damaged = damaged
    }
  }

  /// Removes the lines of steps after `step` and the lines that are not records, for a run that goes on from
  /// `step`. The file is replaced as a whole, so open it only afterwards; the other lines keep their bytes. If there
  /// is no file, nothing happens.
  /// - Throws: `FileError`; the file is then as it was.
  @discardableResult
  package static func truncate(_ path: String, afterStep step: Int) throws -> Truncation {
    guard FileManager.default.fileExists(atPath: path) else { return Truncation() }
    var result = Truncation()
    var kept: [UInt8] = []
    for line in try lines(of: path) {
      switch line.record {
      case nil: result.damaged += 1
      case let record? where record.step > step: result.later += 1
      default:
        kept += line.bytes
        kept.append(newline)
      }
    }
    if result != Truncation() { try AtomicFile.write(kept, to: path) }
    return result
  }

  private static let newline = UInt8(ascii: "\n")

  private struct Line {
    let number: Int
    let bytes: ArraySlice<UInt8>
    let isLast: Bool
    let record: MetricsRecord?
  }

  /// The lines of a file that are not empty. A line that was cut short is not JSON, as its closing brace is missing.
  private static func lines(of path: String) throws -> [Line] {
    guard access(path, R_OK) == 0 else { throw FileError(action: "read", path: path) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError(action: "read", path: path, code: EIO)
    }
    let bytes = [UInt8](data)
    let parts = bytes.split(separator: newline, omittingEmptySubsequences: false)
    return parts.enumerated().compactMap { index, part in
      guard !part.isEmpty else { return nil }
      let isLast = index == parts.count - 1
      let record = try? MetricsRecord(jsonLine: String(decoding: part, as: UTF8.self))
      return Line(number: index + 1, bytes: part, isLast: isLast, record: record)
    }
  }
}

/// A line of a metrics file that is not a record.
package struct MetricsError: Error, Equatable, CustomStringConvertible {
  /// The file.
  package let path: String
  /// The line's number, from 1.
  package let line: Int
  /// What is wrong, where, and what would be right.
  package var description: String {
    "\(path): line \(line) is not one JSON object with the fields of a metrics line; remove the line to go on"
  }
}
