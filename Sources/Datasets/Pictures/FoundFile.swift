import Foundation

/// The kind of a file that was found, and the advice for a file that is not what was wanted.
struct FoundFile: Hashable, Sendable {
  /// The kind of the file; for a gzip file, the kind of its content, or ``FileKind/gzip`` if that is unknown.
  var kind: FileKind
  /// Whether it is gzipped.
  var isGzipped = false

  /// A file of a known kind, not gzipped.
  init(_ kind: FileKind) { self.kind = kind }

  /// Looks at the first bytes of a file.
  /// - Parameters:
  ///   - path: the file's path for messages.
  ///   - cPath: the file's path for system calls, with a zero at its end.
  /// - Throws: ``DatasetError/unreadable(path:reason:)``.
  init(path: String, terminated cPath: [CChar]) throws {
    let head = try PictureFile.head(path: path, terminated: cPath)
    kind = FileKind(head)
    guard kind == .gzip else { return }
    isGzipped = true
    if let inside = GzipFile.head(of: head), !inside.isEmpty { kind = FileKind(inside) }
  }

  /// Looks at the first bytes of a file.
  /// - Throws: ``DatasetError/unreadable(path:reason:)``.
  init(path: String) throws { try self.init(path: path, terminated: Array(path.utf8CString)) }

  /// The noun with its article: `a zip archive`, `a gzipped tar archive`.
  var withArticle: String { isUnderGzip ? "a gzipped \(kind.rawValue)" : kind.withArticle }

  /// The noun with a number: `1 zip archive`, `3 gzipped tar archives`.
  func counted(_ count: Int) -> String {
    let words = kind.counted(count)
    guard isUnderGzip, let space = words.firstIndex(of: " ") else { return words }
    return words[..<space] + " gzipped" + words[space...]
  }

  /// Whether this is a picture, not gzipped, of a format that the program does not read.
  var isPicture: Bool { kind.isUnreadPicture && !isGzipped }
  /// The name of a picture's format: `WebP` for a WebP picture.
  var pictureName: String { String(kind.rawValue.dropLast(" picture".count)) }

  private var isUnderGzip: Bool { isGzipped && kind != .gzip }

  /// The words of a message for what `--data` takes.
  static let whatDataIs =
    "data is a folder with JPEG or PNG pictures, an IDX file as MNIST's, or the word faces"

  /// What to do with such a file if it was given as data: the words that follow `PATH is a zip archive`.
  var adviceForData: String {
    if isUnderGzip, kind != .tar {
      return ", and this program reads no such data; unpack it by gunzip: \(Self.whatDataIs)"
    }
    switch kind {
    case .jpeg, .png: return "; give the folder that it lies in"
    case _ where kind.isUnreadPicture:
      return
        ", which this program does not read; ImageMagick makes a PNG of it (mogrify -format png FILE), and data is the "
        + "folder that this lies in"
    case _ where kind.isPacked:
      return ", which this program does not unpack; unpack it (\(unpacking)) and give the folder"
    case .arrow, .hdf5, .lmdb, .matlab, .npy, .npz, .parquet, .pickle, .sqlite:
      return
        ", which this program does not read; write its pictures as PNG files into a folder, or as an IDX file of bytes"
    case .pointer: return ", and the file itself is yet to come: git lfs pull"
    case .csv, .json, .xml: return "; it may tell of pictures, but holds none: \(Self.whatDataIs)"
    case .unknown: return ": its first bytes are of none that this program knows; \(Self.whatDataIs)"
    default: return ", which holds no pictures; \(Self.whatDataIs)"
    }
  }

  /// A command that unpacks such a file.
  private var unpacking: String {
    switch kind {
    case .bzip2: "tar -xf FILE -C FOLDER, or bunzip2 FILE if it is no archive"
    case .gzip: "gunzip FILE"
    case .lz4: "unlz4 FILE"
    case .rar: "unrar x FILE FOLDER/"
    case .sevenZip: "7z x FILE -oFOLDER"
    case .xz: "tar -xf FILE -C FOLDER, or unxz FILE if it is no archive"
    case .zip: "unzip FILE -d FOLDER"
    case .zstd: "tar -xf FILE -C FOLDER, or unzstd FILE if it is no archive"
    default: "mkdir FOLDER; tar -xf FILE -C FOLDER"
    }
  }
}
