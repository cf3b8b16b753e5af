import Foundation
import Tensors
import Wording

/// Where the labels of a folder of pictures, or of an IDX file, come from.
package enum LabelSource: Equatable, Sendable {
  /// `labels.csv` in the folder, or the IDX file of labels beside the IDX file of pictures. If there is no such
  /// file, the pictures have no labels.
  case automatic
  /// The path of a file with the header `file,group,...` and a row for every picture; for pictures in an IDX
  /// file, the path of an IDX file of labels.
  case csv(String)
  /// The class of a picture is the sub-folder that it lies in (the first part of its path); the group is
  /// `class`.
  case folders
  /// No labels, even if there is a file of labels.
  case none

  /// The name of a group that no file names.
  static let classGroup = "class"
  /// The class of a picture whose field for a group is empty in the file of labels. It is the last class of its
  /// group.
  package static let unknownClass = "unknown"
  /// The name of the file that ``automatic`` looks for.
  package static let defaultFile = "labels.csv"

  /// The source that `--labels` names.
  /// - Parameter argument: nil (``automatic``), `folders`, or the path of a file.
  package init(argument: String?) {
    switch argument {
    case nil: self = .automatic
    case "folders": self = .folders
    case .some(let path): self = .csv(path)
    }
  }

  /// The path of the file that holds the labels of a folder's pictures; nil if no file does.
  func file(of folder: String) -> String? {
    switch self {
    case .none, .folders: return nil
    case .automatic:
      let path = "\(folder)/\(Self.defaultFile)"
      return access(path, F_OK) == 0 ? path : nil
    case .csv(let path): return path
    }
  }

  /// Reads the table for the pictures of a folder; nil if they have no labels.
  /// - Throws: ``DatasetError`` if the labels cannot be read or do not fit the pictures.
  func read(folder: String, pictures: [FolderIndex.Entry]) throws -> LabelTable? {
    if self == .folders { return try Self.folders(folder, pictures) }
    return try file(of: folder).map { try LabelFile(path: $0).table(for: pictures) }
  }

  private static func folders(_ folder: String, _ pictures: [FolderIndex.Entry]) throws -> LabelTable {
    let names = try pictures.map { picture in
      guard let slash = picture.path.firstIndex(of: UInt8(ascii: "/")) else {
        throw DatasetError.labels(
          source: folder,
          problem:
            "\(picture.name) lies in no sub-folder; with labels from folders, each picture's class is its sub-folder"
        )
      }
      return Array(picture.path[..<slash])
    }
    let (group, indices) = group(named: classGroup, values: names)
    return LabelTable(groups: [group], classIndices: indices)
  }

  /// Makes a group of the classes that occur, sorted by value if all are whole numbers and by bytes otherwise,
  /// with ``unknownClass`` last.
  /// - Parameter values: the name of each picture's class.
  /// - Returns: the group, and for each picture the index of its class.
  static func group(named name: String, values: [[UInt8]]) -> (LabelGroup, [Int32]) {
    let unknown = Array(unknownClass.utf8)
    var classes = Array(Set(values).subtracting([unknown]))
    let numbers = classes.map { Int(String(decoding: $0, as: UTF8.self)) }
    if numbers.contains(nil) {
      classes.sort { $0.lexicographicallyPrecedes($1) }
    } else {
      // Equal numbers written differently (1 and 01) stay apart, in the order of their bytes.
      let keys = Dictionary(uniqueKeysWithValues: zip(classes, numbers.map { $0 ?? 0 }))
      classes.sort { (keys[$0] ?? 0, $0.count) < (keys[$1] ?? 0, $1.count) }
    }
    if values.contains(unknown) { classes.append(unknown) }
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
    let group = LabelGroup(name: name, classes: classes.map { String(decoding: $0, as: UTF8.self) })
    return (group, values.map { places[$0] ?? 0 })
  }
}

/// A file of labels: the header `file,group,...`, then a row for every picture. An empty field is the class
/// `unknown`.
struct LabelFile {
  private let path: String
  private let groups: [String]
  private let rows: [CommaSeparated.Record]
  private let fileColumn: Int
  private let groupColumns: [Int]

  /// Reads the file and checks all that can be checked without the pictures.
  /// - Throws: ``DatasetError``.
  init(path: String) throws {
    self.path = path
    guard let content = FileManager.default.contents(atPath: path) else {
      let reason = access(path, R_OK) == 0 ? "it is not a file" : PictureFile.systemReason()
      throw DatasetError.unreadable(path: path, reason: reason)
    }
    func problem(_ text: String) -> DatasetError { .labels(source: path, problem: text) }
    let kind = FileKind(Array(content.prefix(FileKind.headSize)))
    guard [.csv, .text, .empty].contains(kind) else {
      throw problem(
        "it is \(kind.withArticle), and labels are a CSV file in UTF-8 that starts with file,group,...")
    }
    var records: [CommaSeparated.Record]
    switch CommaSeparated.records(of: Array(content)) {
    case .success(let all): records = all
    case .failure(let quote): throw problem("the quote opened on line \(quote.line) is never closed")
    }
    guard let header = records.first else {
      throw problem("the file is empty; it starts with file,group,...")
    }
    let names = header.fields.map { String(decoding: $0, as: UTF8.self) }
    let files = names.indices.filter { names[$0] == "file" }
    guard files.count == 1 else {
      throw problem(
        "its first line is \"\(names.joined(separator: ","))\", and one column must be called file, as in file,group,..."
      )
    }
    let others = names.indices.filter { $0 != files[0] }
    guard !others.isEmpty else { throw problem("it has no column beside file, so no labels") }
    if let unnamed = others.first(where: { names[$0].isEmpty }) {
      throw problem("column \(unnamed + 1) has no name")
    }
    if let twice = others.first(where: { column in
      others.contains { $0 < column && names[$0] == names[column] }
    }) {
      throw problem("two columns are called \(names[twice])")
    }
    records.removeFirst()
    for record in records where record.fields.count != names.count {
      throw problem(
        "line \(record.line) has \(record.fields.count) fields and the first line has \(names.count)")
    }
    for place in records.indices {
      guard !records[place].fields[files[0]].isEmpty else {
        throw problem("line \(records[place].line) has no value for file")
      }
      for column in others where records[place].fields[column].isEmpty {
        records[place].fields[column] = Array(LabelSource.unknownClass.utf8)
      }
    }
    for column in others {
      let unknown = Array(LabelSource.unknownClass.utf8)
      guard records.isEmpty || records.contains(where: { $0.fields[column] != unknown }) else {
        throw problem("no picture has a value for \(names[column])")
      }
    }
    fileColumn = files[0]
    groupColumns = others
    groups = others.map { names[$0] }
    rows = records
  }

  /// The classes of the pictures. Every picture must have exactly one row, and every row a picture.
  /// - Throws: ``DatasetError/labels(source:problem:)``.
  func table(for pictures: [FolderIndex.Entry]) throws -> LabelTable {
    func problem(_ text: String) -> DatasetError { .labels(source: path, problem: text) }
    var rowOfFile: [[UInt8]: Int] = [:]
    rowOfFile.reserveCapacity(rows.count)
    for (row, record) in rows.enumerated() {
      let file = Self.withoutDot(record.fields[fileColumn])
      if let earlier = rowOfFile.updateValue(row, forKey: file) {
        throw problem(
          "\(String(decoding: file, as: UTF8.self)) is on line \(rows[earlier].line) and again on line \(record.line)"
        )
      }
    }
    let rowOfPicture = pictures.map { rowOfFile[$0.path] }
    let missing = rowOfPicture.indices.filter { rowOfPicture[$0] == nil }
    if let first = missing.first {
      throw problem(
        missing.count == 1
          ? "the picture \(pictures[first].name) has no row"
          : "\(missing.count) of \(pictures.count) pictures have no row, the first is \(pictures[first].name)"
      )
    }
    if rows.count > pictures.count {
      let known = Set(pictures.map(\.path))
      let unknown = rows.filter { !known.contains(Self.withoutDot($0.fields[fileColumn])) }
      let name =
        unknown.first.map { "\(String(decoding: $0.fields[fileColumn], as: UTF8.self)) on line \($0.line)" }
        ?? ""
      throw problem(
        "it names \(counted(unknown.count, "file")) that the folder has no picture for: \(name)"
      )
    }
    var indices = [Int32](repeating: 0, count: pictures.count * groups.count)
    var made: [LabelGroup] = []
    for (place, column) in groupColumns.enumerated() {
      let values = rowOfPicture.map { $0.map { rows[$0].fields[column] } ?? [] }
      let (group, classes) = LabelSource.group(named: groups[place], values: values)
      made.append(group)
      for (picture, value) in classes.enumerated() { indices[picture * groups.count + place] = value }
    }
    return LabelTable(groups: made, classIndices: indices)
  }

  /// `./a/b.png` is the same file as `a/b.png`.
  private static func withoutDot(_ path: [UInt8]) -> [UInt8] {
    path.starts(with: Array("./".utf8)) ? Array(path.dropFirst(2)) : path
  }
}
