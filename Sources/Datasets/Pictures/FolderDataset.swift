import Foundation
import Wording

/// The JPEG and PNG pictures of a folder and its sub-folders.
///
/// A picture is recognised by its content, not by its name. Hidden files are passed over. Pictures are sorted by
/// the bytes of their relative paths, so the order is the same on every machine. A picture is decoded when it is
/// drawn; if it is damaged, drawing throws, which ``TolerantDataset`` handles.
package struct FolderDataset: PictureDataset {
  /// Pictures are `size` x `size`.
  package let size: Int
  /// 1 (gray) or 3 (RGB).
  package let channels: Int
  /// How pictures of another shape are fitted.
  package let fit: Fit
  /// The classes of every picture, if any were given.
  package let labels: LabelTable?
  /// A hash of relative paths, file sizes and labels.
  package let fingerprint: UInt64
  /// How many files of the folder are not pictures that can be read; the file of labels is not counted.
  package var otherFiles: Int { others.count }
  private let others: PassedOver
  private let root: String
  private let entries: [FolderIndex.Entry]

  /// Searches a folder and its sub-folders for pictures.
  /// - Parameters:
  ///   - folder: the folder's path.
  ///   - size: the side of the pictures drawn, at least 1.
  ///   - channels: 1 or 3.
  ///   - fit: how a picture of another shape becomes a square.
  ///   - labels: where the classes come from.
  ///   - progress: is called after every file.
  /// - Throws: ``DatasetError`` if the folder is missing, unreadable or holds no pictures, or the labels do
  ///   not fit it.
  package init(
    folder: String, size: Int, channels: Int = 3, fit: Fit = .stretch,
    labels source: LabelSource = .automatic,
    progress: @escaping () -> Void = {}
  ) throws {
    try checkShape(size: size, channels: channels)
    let index = try FolderIndex(root: folder, labels: source.file(of: folder), progress: progress)
    self.size = size
    self.channels = channels
    self.fit = fit
    root = folder
    entries = index.pictures
    others = index.others
    labels = try source.read(folder: folder, pictures: index.pictures)
    var hash = Fingerprint()
    for entry in entries {
      hash.add(entry.path)
      hash.add(UInt64(entry.fileSize))
    }
    labels?.add(to: &hash)
    fingerprint = hash.value
  }

  /// How many pictures the folder holds.
  package var count: Int { entries.count }

  /// Such as `20000 pictures in faces, labelled by hair, eyes; passed over: 1 zip archive (more/old.zip)`.
  package var describe: String {
    var text = "\(counted(count, "picture")) in \(root)"
    if let labels { text += ", labelled by " + labels.groups.map(\.name).joined(separator: ", ") }
    return otherFiles > 0 ? "\(text); passed over: \(others.words)" : text
  }

  /// The size of the picture's file in bytes, its classes and its path, separated by tabs.
  package func identity(of index: Int) -> String? {
    let entry = entries[index]
    let classes = (labels?.groups ?? []).enumerated().map { group, named in
      named.classes[labels?.classIndex(picture: index, group: group) ?? 0]
    }
    return (["\(entry.fileSize)"] + (classes + [entry.name]).map(Self.onOneLine)).joined(separator: "\t")
  }

  /// A name in which control characters, which tabs and line ends are, and backslashes are written as `\xNN`.
  private static func onOneLine(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 < 32 || $0 == UInt8(ascii: "\\") }) else { return name }
    return name.unicodeScalars.map { scalar in
      scalar.value < 32 || scalar == "\\" ? String(format: "\\x%02x", scalar.value) : String(scalar)
    }.joined()
  }

  /// The relative path of a picture, for messages.
  package func name(of index: Int) -> String { entries[index].name }

  /// Decodes picture `index` and writes it, fitted.
  /// - Throws: ``DatasetError/damaged(file:reason:)`` if its content is bad,
  ///   ``DatasetError/unreadable(path:reason:)`` if the file cannot be read.
  @discardableResult
  package func draw(_ index: Int, into pixels: UnsafeMutablePointer<UInt8>) throws -> Int {
    let entry = entries[index]
    try PictureFile.draw(
      path: "\(root)/\(entry.name)", terminated: FolderIndex.terminated(root, entry.path), name: entry.name,
      fit: fit,
      channels: channels, into: pixels, size: size)
    return index
  }
}

/// Checks that size is 1 to 10000 and channels 1 or 3.
/// - Throws: ``DatasetError/badNumber(_:)``.
func checkShape(size: Int, channels: Int) throws {
  guard size >= 1 && size <= 10_000 else {
    throw DatasetError.badNumber("pictures of \(size) x \(size) cannot be made; the size is 1 to 10000")
  }
  guard channels == 1 || channels == 3 else {
    throw DatasetError.badNumber(
      "pictures of \(channels) channels cannot be made; they have 1 (gray) or 3 (RGB)")
  }
}
