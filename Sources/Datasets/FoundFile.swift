import Foundation

/// A file that was looked at, and what to do about one that is not what was wanted.
struct FoundFile: Hashable, Sendable {
  /// What it is; under gzip, what is inside, or ``FileKind/gzip`` where that cannot be told.
  var kind: FileKind
  /// Whether it is gzipped.
  var isGzipped = false

  /// What a file is that is no folder.
  init(_ kind: FileKind) { self.kind = kind }

  /// Looks at the first bytes of a file.
  /// - Parameters:
  ///   - path: its path for messages.
  ///   - cPath: its path for the system, with a zero at its end.
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

  /// `a zip archive`, `a gzipped tar archive`.
  var withArticle: String { isUnderGzip ? "a gzipped \(kind.rawValue)" : kind.withArticle }

  /// `1 zip archive`, `3 gzipped tar archives`.
  func counted(_ count: Int) -> String {
    let words = kind.counted(count)
    guard isUnderGzip, let space = words.firstIndex(of: " ") else { return words }
    return words[..<space] + " gzipped" + words[space...]
  }

  /// Whether it is a picture that this program does not read, gzipped ones left out.
  var isPicture: Bool { kind.isUnreadPicture && !isGzipped }
  /// `WebP` of a WebP picture.
  var pictureName: String { String(kind.rawValue.dropLast(" picture".count)) }

  private var isUnderGzip: Bool { isGzipped && kind != .gzip }

  /// What `--data` takes.
  static let whatDataIs =
    "data is a folder with JPEG or PNG pictures, an IDX file as MNIST's, or the word faces"

  /// What to do with such a file where data was wanted, after `PATH is a zip archive`.
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
