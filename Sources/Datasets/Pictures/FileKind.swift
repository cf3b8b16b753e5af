import CImageCodecs

/// The kind of a file, told by its first bytes and never by its name. The raw value is the noun for one such file.
enum FileKind: String, CaseIterable, Sendable {
  // Pictures that are read.
  case jpeg = "JPEG picture"
  case png = "PNG picture"
  // Pictures that are not.
  case avif = "AVIF picture"
  case bmp = "BMP picture"
  case dds = "DDS picture"
  case dicom = "DICOM picture"
  case exr = "OpenEXR picture"
  case gif = "GIF picture"
  case heic = "HEIC picture"
  case icon = "ICO picture"
  case jpeg2000 = "JPEG 2000 picture"
  case jpegXL = "JPEG XL picture"
  case netpbm = "PNM picture"
  case psd = "PSD picture"
  case qoi = "QOI picture"
  case svg = "SVG picture"
  case tiff = "TIFF picture"
  case webp = "WebP picture"
  // Packed files.
  case bzip2 = "bzip2 file"
  case gzip = "gzip file"
  case lz4 = "LZ4 file"
  case rar = "RAR archive"
  case sevenZip = "7z archive"
  case tar = "tar archive"
  case xz = "xz file"
  case zip = "zip archive"
  case zstd = "Zstandard file"
  // Numbers, which may be those of pictures.
  case idx = "IDX file"
  case arrow = "Arrow file"
  case hdf5 = "HDF5 file"
  case lmdb = "LMDB file"
  case matlab = "MATLAB file"
  case npy = "NumPy file (npy)"
  case npz = "NumPy file (npz)"
  case parquet = "Parquet file"
  case pickle = "pickle of Python"
  case sqlite = "SQLite file"
  // Text.
  case csv = "CSV file"
  case html = "HTML page"
  case json = "JSON file"
  case pointer = "pointer of Git LFS"
  case text = "text file"
  case utf16 = "text file in UTF-16"
  case xml = "XML file"
  // Others.
  case office = "office document"
  case pdf = "PDF document"
  case safetensors = "safetensors file"
  case video = "video"
  case empty = "empty file"
  case brokenLink = "broken link"
  case special = "socket, pipe or device"
  case unknown = "file of unknown kind"

  /// How many of a file's first bytes tell its kind. The signature of a tar archive ends at byte 262; the rest is for
  /// text, and for what is packed in a gzip file.
  static let headSize = 1024

  /// Whether this is a picture of a format that the program does not read.
  var isUnreadPicture: Bool { rawValue.hasSuffix(" picture") && self != .jpeg && self != .png }
  /// Whether this is a packed file or an archive.
  var isPacked: Bool { [.bzip2, .gzip, .lz4, .rar, .sevenZip, .tar, .xz, .zip, .zstd].contains(self) }
  /// Whether this is a text file of the kinds that often lie beside pictures.
  var isText: Bool { [.csv, .json, .text, .utf16, .xml].contains(self) }

  /// The noun with its article: `a zip archive`, `an HTML page`.
  var withArticle: String {
    let an = [
      "AVIF", "Arrow", "HDF5", "HTML", "ICO", "IDX", "LMDB", "LZ4", "OpenEXR", "SVG", "XML", "empty",
      "office", "xz",
    ]
    return (an.contains { rawValue.hasPrefix($0) } ? "an " : "a ") + rawValue
  }

  /// The noun with a number: `1 zip archive`, `3 files of unknown kind`.
  func counted(_ count: Int) -> String {
    guard count != 1 else { return "1 \(rawValue)" }
    // The noun is the last word, or the word before one of these.
    let noun =
      [" of ", " in ", " ("].compactMap { rawValue.range(of: $0)?.lowerBound }.first ?? rawValue.endIndex
    if self == .special { return "\(count) sockets, pipes or devices" }
    return "\(count) \(rawValue[..<noun])s\(rawValue[noun...])"
  }

  /// The kind of a file.
  /// - Parameter head: the first ``headSize`` bytes of the file, or all bytes of a shorter file.
  init(_ head: [UInt8]) {
    let read = cimage_kind(head, head.count)
    if head.isEmpty {
      self = .empty
    } else if read != CIMAGE_UNKNOWN {
      self = read == CIMAGE_JPEG ? .jpeg : .png
    } else if let known = Self.signatures.first(where: { $0.isOf(head) })?.kind {
      self = known == .zip ? Self.zipped(head) : known
    } else {
      self = Self.ruled(head) ?? Self.written(head) ?? .unknown
    }
  }

  // MARK: By fixed bytes

  /// The bytes that files of a kind have at an offset.
  private struct Signature {
    let kind: FileKind
    let place: Int
    /// nil stands for any byte.
    let bytes: [UInt8?]

    /// - Parameter text: one character for each byte; ? stands for any byte.
    init(_ kind: FileKind, _ text: String, at place: Int = 0) {
      self.kind = kind
      self.place = place
      bytes = text.unicodeScalars.map { $0 == "?" ? nil : UInt8(truncatingIfNeeded: $0.value) }
    }

    func isOf(_ head: [UInt8]) -> Bool {
      place + bytes.count <= head.count
        && Swift.zip(head[place...], bytes).allSatisfy { $1 == nil || $0 == $1 }
    }
  }

  /// The first signature that fits decides.
  private static let signatures = [
    Signature(.webp, "RIFF????WEBP"), Signature(.video, "RIFF????AVI "), Signature(.gif, "GIF8"),
    Signature(.tiff, "II*\0"), Signature(.tiff, "II+\0"), Signature(.tiff, "MM\0*"),
    Signature(.tiff, "MM\0+"),
    Signature(.psd, "8BPS"), Signature(.qoi, "qoif"), Signature(.dds, "DDS "),
    Signature(.dicom, "DICM", at: 128),
    Signature(.exr, "v/1\u{1}"), Signature(.icon, "\0\0\u{1}\0?\0"),
    Signature(.jpeg2000, "\0\0\0\u{C}jP  "), Signature(.jpeg2000, "\u{FF}O\u{FF}Q"),
    Signature(.jpegXL, "\0\0\0\u{C}JXL "), Signature(.jpegXL, "\u{FF}\n"),
    Signature(.avif, "ftypavi", at: 4), Signature(.heic, "ftyphe", at: 4),
    Signature(.heic, "ftypmif1", at: 4),
    Signature(.heic, "ftypmsf1", at: 4), Signature(.video, "ftyp", at: 4),
    Signature(.video, "\u{1A}E\u{DF}\u{A3}"),
    Signature(.zip, "PK\u{3}\u{4}"), Signature(.zip, "PK\u{5}\u{6}"), Signature(.gzip, "\u{1F}\u{8B}"),
    Signature(.bzip2, "BZh"), Signature(.xz, "\u{FD}7zXZ\0"), Signature(.zstd, "(\u{B5}/\u{FD}"),
    Signature(.lz4, "\u{4}\"M\u{18}"), Signature(.sevenZip, "7z\u{BC}\u{AF}'\u{1C}"),
    Signature(.rar, "Rar!\u{1A}\u{7}"), Signature(.tar, "ustar", at: 257),
    Signature(.npy, "\u{93}NUMPY"), Signature(.hdf5, "\u{89}HDF\r\n\u{1A}\n"), Signature(.matlab, "MATLAB "),
    Signature(.parquet, "PAR1"), Signature(.arrow, "ARROW1"), Signature(.sqlite, "SQLite format 3\0"),
    Signature(.lmdb, "\u{DE}\u{C0}\u{EF}\u{BE}", at: 16), Signature(.pdf, "%PDF-"),
    Signature(.pickle, "\u{80}\u{2}"), Signature(.pickle, "\u{80}\u{3}"), Signature(.pickle, "\u{80}\u{4}"),
    Signature(.pickle, "\u{80}\u{5}"), Signature(.pointer, "version https://git-lfs"),
    Signature(.utf16, "\u{FF}\u{FE}"), Signature(.utf16, "\u{FE}\u{FF}"),
  ]

  /// The kind of a zip archive, by the name of its first member.
  private static func zipped(_ head: [UInt8]) -> FileKind {
    guard head.count > 30 else { return .zip }
    let length = Int(head[26]) | Int(head[27]) << 8
    let name = String(decoding: head[30...].prefix(length), as: UTF8.self)
    if name.hasSuffix(".npy") { return .npz }
    return name == "[Content_Types].xml" || name == "mimetype" ? .office : .zip
  }

  // MARK: By rules

  /// Kinds without a fixed signature, whose first bytes must fit each other; nil if none fits.
  private static func ruled(_ head: [UInt8]) -> FileKind? {
    /// A little-endian number of four bytes.
    func number(at place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(head[place + $1]) << (8 * $1) } }
    if IDXFile.isStart(head) { return .idx }
    if head.count >= 18, head.starts(with: Array("BM".utf8)), number(at: 6) == 0,
      [12, 40, 52, 56, 64, 108, 124].contains(number(at: 14))
    {
      return .bmp
    }
    if head.count >= 3, head[0] == UInt8(ascii: "P"),
      (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(head[1]),
      isSpace(head[2])
    {
      return .netpbm
    }
    // Eight bytes for the length of a header, then the header, which is JSON.
    if head.count >= 10, number(at: 4) == 0, number(at: 0) >= 2, head[8] == UInt8(ascii: "{"),
      head[9] == UInt8(ascii: "\"") || head[9] == UInt8(ascii: "}")
    {
      return .safetensors
    }
    return nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The kind of text; nil if the bytes are not text. The encoding may be any that extends ASCII.
  private static func written(_ head: [UInt8]) -> FileKind? {
    guard head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || isSpace($0) || $0 == 0x1B }) else { return nil }
    let bytes = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head[3...] : head[...]
    let text = String(decoding: bytes.drop(while: isSpace), as: UTF8.self).lowercased()
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") { return .html }
    if text.hasPrefix("<") { return text.contains("<svg") ? .svg : .xml }
    if text.hasPrefix("{") || text.hasPrefix("[") { return .json }
    let line = text.prefix { !$0.isNewline }
    // A comma with a blank after it belongs to a sentence, not to a table.
    return line.contains(",") && !line.contains(", ") ? .csv : .text
  }
}
