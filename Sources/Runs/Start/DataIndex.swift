import Datasets
import Files
import Foundation

/// `data.tsv` of a run's folder: the pictures that the run is trained on, one a line. If a resume finds other
/// pictures, it can say which is the first that differs.
enum DataIndex {
  /// Whether the file at `path` is what `write` would write.
  static func isOf(_ dataset: any PictureDataset, _ path: String) -> Bool {
    guard dataset.identity(of: 0) != nil else { return !Folder.exists(path) }
    return Folder.exists(path) && firstDifference(path, dataset) == nil
  }

  /// Writes a line for each picture of `dataset`; where the pictures are not files, there is no file.
  /// - Throws: `FileError`.
  static func write(_ dataset: any PictureDataset, to path: String) throws {
    guard dataset.identity(of: 0) != nil else {
      guard unlink(path) == 0 || errno == ENOENT else { throw FileError(action: "remove", path: path) }
      return
    }
    let groups = dataset.labels?.groups.map(\.name) ?? []
    var text = Array((["bytes"] + groups + ["file"]).joined(separator: "\t").utf8)
    text.append(newline)
    for index in 0..<dataset.count {
      text += (dataset.identity(of: index) ?? "").utf8
      text.append(newline)
    }
    try AtomicFile.write(text, to: path)
  }

  /// A phrase about the first picture in which `dataset` differs from the file at `path`; nil where they
  /// agree, the file is missing, or the pictures are not files.
  static func firstDifference(_ path: String, _ dataset: any PictureDataset) -> String? {
    guard let data = FileManager.default.contents(atPath: path), dataset.identity(of: 0) != nil else {
      return nil
    }
    let lines = data.split(separator: newline, omittingEmptySubsequences: true).dropFirst()
    for (index, line) in lines.enumerated() {
      let then = String(decoding: line, as: UTF8.self)
      guard index < dataset.count else {
        return "the first that is missing is number \(index + 1), \(words(then))"
      }
      guard let now = dataset.identity(of: index) else { return nil }
      guard now != then else { continue }
      return "the first that differs is number \(index + 1): \(words(then)) then, \(words(now)) now"
    }
    guard lines.count < dataset.count, let added = dataset.identity(of: lines.count) else { return nil }
    return "the first that is new is number \(lines.count + 1), \(words(added))"
  }

  private static let newline = UInt8(ascii: "\n")

  /// `a/b.jpg (8123 bytes, blonde, blue)`.
  private static func words(_ line: String) -> String {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard let name = fields.last, let bytes = fields.first, fields.count > 1 else { return line }
    return "\(name) (\((["\(bytes) bytes"] + fields.dropFirst().dropLast()).joined(separator: ", ")))"
  }
}
