import Foundation

/// The pictures of a folder and its sub-folders, known by content, sorted by the bytes of their relative
/// paths.
struct FolderIndex {
  /// One picture file.
  struct Entry: Sendable {
    /// The path under the root, with `/` between its parts. It is bytes, as a file name need not be valid text.
    let path: [UInt8]
    /// Size of the file in bytes.
    let fileSize: Int
    /// The path as text for messages.
    var name: String { String(decoding: path, as: UTF8.self) }
  }

  /// The pictures, in order.
  private(set) var pictures: [Entry] = []
  /// The files that are not pictures which can be read.
  private(set) var others = PassedOver()
  private let root: String
  /// The file of labels, by device and inode, which is not counted in ``others``; nil if there is none.
  private let own: [UInt64]?
  /// The folders seen, by device and inode, so that a loop of symbolic links is walked once.
  private var seen: Set<[UInt64]> = []
  /// Is called after every file.
  private let progress: () -> Void

  /// Walks through a folder. Hidden files and folders are passed over, symbolic links are followed.
  /// - Parameters:
  ///   - labels: the path of the pictures' file of labels, which may lie in the folder; nil if there is none.
  ///   - progress: is called after every file: a slow disk may need hours for a million files.
  /// - Throws: ``DatasetError`` if the folder is missing, is no folder, cannot be read or holds no picture.
  init(root: String, labels: String? = nil, progress: @escaping () -> Void = {}) throws {
    self.root = root
    self.progress = progress
    var status = stat()
    own = labels.flatMap { stat($0, &status) == 0 ? Self.identity(status) : nil }
    guard stat(root, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR {
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: root) {
          throw DatasetError.otherFile(
            path: root, what: "a link to \(target), where nothing is; \(FoundFile.whatDataIs)")
        }
        throw DatasetError.noSuchFolder(root)
      }
      throw DatasetError.unreadable(path: root, reason: PictureFile.systemReason())
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: break
    case S_IFREG: throw DatasetError.notAFolder(root)
    default:
      let found = FoundFile(.special)
      throw DatasetError.otherFile(path: root, what: found.withArticle + found.adviceForData)
    }
    // A list instead of recursion, so that deep folders need no stack. Folders are walked in sorted order, so that
    // of two links to one folder the same link counts on every machine.
    var folders: [[UInt8]] = [[]]
    while let folder = folders.popLast() {
      try folders.append(contentsOf: walk(folder).reversed())
    }
    guard !pictures.isEmpty else {
      let found = others.count == 0 ? "no files" : others.words + others.advice(in: root)
      throw DatasetError.noPictures(folder: root, found: found)
    }
    pictures.sort { $0.path.lexicographicallyPrecedes($1.path) }
  }

  /// The path of an entry as a zero-terminated string for system calls.
  static func terminated(_ root: String, _ path: [UInt8]) -> [CChar] {
    var full = Array(root.utf8)
    if !path.isEmpty {
      full.append(UInt8(ascii: "/"))
      full += path
    }
    return full.map { CChar(bitPattern: $0) } + [0]
  }

  /// Adds the files of one folder and returns its sub-folders, sorted.
  private mutating func walk(_ folder: [UInt8]) throws -> [[UInt8]] {
    let cPath = Self.terminated(root, folder)
    var status = stat()
    guard stat(cPath, &status) == 0 else { throw unreadable(folder) }
    guard seen.insert(Self.identity(status)).inserted else { return [] }
    var folders: [[UInt8]] = []
    for name in try names(in: folder, terminated: cPath) {
      progress()
      let path = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
      let cName = Self.terminated(root, path)
      // A link whose target is missing, or a file that was removed since the folder was listed.
      guard stat(cName, &status) == 0 else {
        others.add(FoundFile(.brokenLink), path)
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        folders.append(path)
      case S_IFREG:
        let text = "\(root)/\(String(decoding: path, as: UTF8.self))"
        let found = try status.st_size > 0 ? FoundFile(path: text, terminated: cName) : FoundFile(.empty)
        if found == FoundFile(.jpeg) || found == FoundFile(.png) {
          pictures.append(Entry(path: path, fileSize: Int(status.st_size)))
        } else if Self.identity(status) != own {
          others.add(found, path)
        }
      default:
        others.add(FoundFile(.special), path)
      }
    }
    return folders
  }

  private func names(in folder: [UInt8], terminated cPath: [CChar]) throws -> [[UInt8]] {
    guard let directory = opendir(cPath) else { throw unreadable(folder) }
    defer { closedir(directory) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: UInt8.self, capacity: Int(NAME_MAX) + 1) {
          Array(UnsafeBufferPointer(start: $0, count: strlen($0)))
        }
      }
      if name.first != UInt8(ascii: ".") { names.append(name) }
      errno = 0
    }
    if errno != 0 { throw unreadable(folder) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Device and inode, which identify a file or folder whatever its path.
  private static func identity(_ status: stat) -> [UInt64] { [UInt64(status.st_dev), UInt64(status.st_ino)] }

  private func unreadable(_ folder: [UInt8]) -> DatasetError {
    let path = folder.isEmpty ? root : "\(root)/\(String(decoding: folder, as: UTF8.self))"
    return .unreadable(path: path, reason: PictureFile.systemReason())
  }
}
