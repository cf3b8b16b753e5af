import Datasets
import Foundation
import TestSupport
import Testing

/// Files that are no pictures which the program reads: how they are called in a folder, and what is said where one is
/// given as the data.
@Suite struct FileKindTests {
  private static func at(_ place: Int, _ text: String) -> [UInt8] {
    [UInt8](repeating: 0xAA, count: place) + Array(text.utf8)
  }
  private static func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }
  private static func zip(_ name: String) -> [UInt8] {
    bytes("PK\u{3}\u{4}") + [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0] + bytes(name)
  }
  private static let noise: [UInt8] = [0, 1, 2, 3, 0xFE, 0x80, 7]

  private static let pictures: [(String, [UInt8])] = [
    ("WebP", bytes("RIFF\u{24}\0\0\0WEBPVP8 ")), ("GIF", bytes("GIF89a")), ("GIF", bytes("GIF87a")),
    ("TIFF", bytes("II*\0\u{8}\0\0\0")), ("TIFF", bytes("MM\0*")),
    ("BMP", bytes("BM") + [0x36, 4, 0, 0, 0, 0, 0, 0, 0x36, 4, 0, 0, 40, 0, 0, 0] + noise),
    ("AVIF", [0, 0, 0, 0x20] + bytes("ftypavif")), ("HEIC", [0, 0, 0, 0x18] + bytes("ftypheic")),
    ("HEIC", [0, 0, 0, 0x18] + bytes("ftypmif1")), ("JPEG 2000", bytes("\0\0\0\u{C}jP  \r\n")),
    ("JPEG XL", bytes("\u{FF}\n\u{1}\u{2}")), ("JPEG XL", bytes("\0\0\0\u{C}JXL \r\n")),
    ("PSD", bytes("8BPS\0\u{1}")),
    ("SVG", bytes("<?xml version=\"1.0\"?>\n<SVG xmlns=\"http://www.w3.org/2000/svg\"/>")),
    ("PNM", bytes("P6\n2 2 255\n")),
    ("ICO", [0, 0, 1, 0, 1, 0, 16, 16]), ("OpenEXR", bytes("v/1\u{1}\u{2}")), ("QOI", bytes("qoif\0\0")),
    ("DICOM", at(128, "DICM")), ("DDS", bytes("DDS |")),
  ]

  private static let others: [(String, [UInt8])] = [
    ("zip archive", zip("a/b.jpg")),
    ("zip archive", bytes("PK\u{5}\u{6}") + [UInt8](repeating: 0, count: 18)),
    ("NumPy file (npz)", zip("x.npy")), ("office document", zip("[Content_Types].xml")),
    ("tar archive", at(257, "ustar\0" + "00")),
    ("gzipped tar archive", MadeIDX.gzipped(at(257, "ustar  \0"))),
    ("gzipped JPEG picture", MadeIDX.gzipped(Raw.pattern(8, 8, channels: 3).jpeg())),
    ("gzipped CSV file", MadeIDX.gzipped(bytes("a,b\n1,2\n"))), ("gzip file", [0x1F, 0x8B, 9, 9, 9, 9]),
    ("bzip2 file", bytes("BZh91AY&SY")), ("xz file", bytes("\u{FD}7zXZ\0")),
    ("7z archive", bytes("7z\u{BC}\u{AF}'\u{1C}\0")),
    ("RAR archive", bytes("Rar!\u{1A}\u{7}\0")), ("Zstandard file", bytes("(\u{B5}/\u{FD}\0")),
    ("LZ4 file", bytes("\u{4}\"M\u{18}d")), ("NumPy file (npy)", bytes("\u{93}NUMPY\u{1}\0v\0{")),
    ("HDF5 file", bytes("\u{89}HDF\r\n\u{1A}\n")),
    ("MATLAB file", bytes("MATLAB 5.0 MAT-file, Platform: GLNXA64")),
    ("Parquet file", bytes("PAR1\u{15}")), ("Arrow file", bytes("ARROW1\0\0")),
    ("LMDB file", at(16, "").dropLast(0) + [0xDE, 0xC0, 0xEF, 0xBE]),
    ("SQLite file", bytes("SQLite format 3\0")), ("pickle of Python", [0x80, 4, 0x95, 0, 0]),
    ("safetensors file", [0x58, 0, 0, 0, 0, 0, 0, 0] + bytes("{\"__metadata__\":{}}")),
    ("PDF document", bytes("%PDF-1.7\n\u{E2}")),
    ("video", [0, 0, 0, 0x18] + bytes("ftypisom")), ("video", bytes("RIFF\u{24}\0\0\0AVI LIST")),
    ("CSV file", bytes("name,value\nx,1\n")), ("text file", bytes("Faces, many of them.\n")),
    ("text file", bytes("\u{EF}\u{BB}\u{BF}gr\u{FC}n")), ("text file in UTF-16", bytes("\u{FF}\u{FE}a\0,\0")),
    ("JSON file", bytes(" {\"a\": 1}")), ("XML file", bytes("<annotation>")),
    ("HTML page", bytes("\n<!DOCTYPE html><html>")),
    ("pointer of Git LFS", bytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")),
    ("empty file", []), ("file of unknown kind", noise), ("IDX file", MadeIDX.labels([1, 2])),
    ("gzipped IDX file", MadeIDX.gzipped(MadeIDX.pictures(1, rows: 2, columns: 2))),
  ]

  private func message(_ path: String) -> String {
    do {
      _ = try openDataset(path, size: 8)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func aFolderTellsWhatItHoldsBesidePictures() throws {
    for (name, bytes) in Self.pictures.map({ ($0.0 + " picture", $0.1) }) + Self.others {
      let scratch = try Scratch()
      try scratch.file("a.jpg", bytes)
      let isText = [
        "CSV file", "text file", "text file in UTF-16", "JSON file", "XML file", "gzipped CSV file",
      ].contains(name)
      let item = "1 \(name)" + (isText ? "" : " (a.jpg)")
      let start =
        "no pictures in \(scratch.path) or its sub-folders: looked for JPEG and PNG by content, found \(item)"
      #expect(message(scratch.path).hasPrefix(start), "\(message(scratch.path))")
      try scratch.file("b", Raw.pattern(8, 8, channels: 3).png())
      let data = try FolderDataset(folder: scratch.path, size: 8)
      #expect(data.otherFiles == 1)
      #expect(data.describe.hasPrefix("1 picture in \(scratch.path); passed over: \(item)"))
    }
  }

  @Test func picturesThatAreNotReadAreCountedWithTheLineThatConvertsThem() throws {
    let scratch = try Scratch()
    let (webp, gif) = (Self.pictures[0].1, Self.pictures[1].1)
    for index in 0..<3 { try scratch.file("deep/\(index).webp", webp) }
    try scratch.file("b.gif", gif)
    try scratch.file("c.GIF", gif)
    try scratch.file("wrong.jpg", webp)
    try scratch.file("notes.txt", "of the set\n")
    try scratch.file("more.txt", "of the set\n")
    try scratch.file("faces.zip", Self.zip("a.jpg"))
    let line =
      "2 text files, 1 zip archive (faces.zip), 4 WebP pictures (the first is wrong.jpg), 2 GIF pictures (the first is b.gif); "
      + "this program does not read GIF, WebP, of which ImageMagick makes PNGs, in that folder: "
      + "find . \\( -name '*.GIF' -o -name '*.gif' -o -name '*.webp' \\) -exec mogrify -format png {} +"
    #expect(message(scratch.path).hasSuffix("looked for JPEG and PNG by content, found \(line)"))
    for index in 0..<2 { try scratch.file("\(index).png", Raw.pattern(8, 8, channels: 3).png()) }
    try scratch.file("labels.csv", "file,hair\n0.png,red\n1.png,blue\n")
    let data = try openDataset(scratch.path, size: 8)
    #expect(data.describe == "2 pictures in \(scratch.path), labelled by hair; passed over: \(line)")
    let bare = try openDataset(scratch.path, size: 8, labels: .none)
    #expect(bare.describe.contains("passed over: 2 text files, 1 CSV file, 1 zip archive"))
    // A name that says JPEG or PNG makes no pattern, as good pictures have it too; nor does one that others have.
    let misnamed = try Scratch()
    try misnamed.file("a.png", webp)
    try misnamed.file("b.txt", webp)
    try misnamed.file("c.txt", "of the set\n")
    #expect(message(misnamed.path).hasSuffix(", in that folder: mogrify -format png FILE"))
  }

  @Test func aFolderOfFilesThatHoldPicturesSaysWhatToDo() throws {
    let scratch = try Scratch()
    try scratch.file("faces.zip", Self.zip("a.jpg"))
    #expect(message(scratch.path).hasSuffix("found 1 zip archive (faces.zip); unpack what is packed"))
    try scratch.file("t-images", MadeIDX.gzipped(MadeIDX.pictures(1, rows: 2, columns: 2)))
    try scratch.file("t-labels", MadeIDX.gzipped(MadeIDX.labels([1])))
    #expect(
      message(scratch.path).hasSuffix(
        "found 2 gzipped IDX files (the first is t-images), 1 zip archive (faces.zip); an IDX file is given itself: --data \(scratch.path)/t-images"
      ))
  }

  @Test func labelsThatAreUsedAreNotPassedOver() throws {
    let scratch = try Scratch()
    try scratch.file("0.png", Raw.pattern(8, 8, channels: 3).png())
    try scratch.file("tags/mine.csv", "file,hair\n0.png,red\n")
    func describe(_ labels: LabelSource) throws -> String {
      try openDataset(scratch.path, size: 8, labels: labels).describe
    }
    let path = scratch.path + "/tags/mine.csv"
    #expect(try describe(.csv(path)) == "1 picture in \(scratch.path), labelled by hair")
    // By another path, and through a link.
    #expect(
      try describe(.csv(scratch.path + "/tags/../tags/mine.csv"))
        == "1 picture in \(scratch.path), labelled by hair")
    #expect(try describe(.automatic) == "1 picture in \(scratch.path); passed over: 1 CSV file")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/labels.csv", withDestinationPath: path)
    #expect(try describe(.automatic) == "1 picture in \(scratch.path), labelled by hair")
  }

  @Test func brokenLinksAndSocketsAreNamed() throws {
    let scratch = try Scratch()
    try scratch.file("0.png", Raw.pattern(8, 8, channels: 3).png())
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/gone.jpg", withDestinationPath: "/nonexistent/x")
    #expect(mkfifo(scratch.path + "/pipe", 0o600) == 0)
    #expect(
      try openDataset(scratch.path, size: 8).describe
        == "1 picture in \(scratch.path); passed over: 1 broken link (gone.jpg), 1 socket, pipe or device (pipe)"
    )
    #expect(
      message(scratch.path + "/pipe").hasPrefix(
        "\(scratch.path)/pipe is a socket, pipe or device, which holds no pictures; "))
    #expect(
      message(scratch.path + "/gone.jpg").hasPrefix(
        "\(scratch.path)/gone.jpg is a link to /nonexistent/x, where nothing is; data is a folder"))
  }

  @Test func aFileThatIsNoDataSaysWhatItIsAndWhatToDo() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/x"
    for (name, bytes) in Self.pictures {
      try scratch.file("x", bytes)
      let text = message(path)
      #expect(
        text.contains(" \(name) picture, which this program does not read; ImageMagick makes a PNG of it"),
        "\(text)")
    }
    for (name, bytes) in Self.others where !name.hasSuffix("IDX file") {
      try scratch.file("x", bytes)
      let text = message(path)
      let article =
        ["Arrow", "HDF5", "HTML", "LMDB", "LZ4", "XML", "empty", "office", "xz"].contains {
          name.hasPrefix($0)
        } ? "an" : "a"
      #expect(text.hasPrefix("\(path) is \(article) \(name)"), "\(text)")
      #expect(!text.contains("IDX file \(path)"), "\(text)")
    }
    try scratch.file("x", Self.zip("a/b.jpg"))
    #expect(
      message(path)
        == "\(path) is a zip archive, which this program does not unpack; unpack it (unzip FILE -d FOLDER) and give the folder"
    )
    try scratch.file("x", MadeIDX.gzipped(Self.at(257, "ustar")))
    #expect(message(path).hasSuffix("unpack it (mkdir FOLDER; tar -xf FILE -C FOLDER) and give the folder"))
    try scratch.file("x", Raw.pattern(8, 8, channels: 3).jpeg())
    #expect(message(path) == "\(path) is a JPEG picture; give the folder that it lies in")
    try scratch.file("x", "file,hair\n")
    #expect(
      message(path).hasPrefix(
        "\(path) is a CSV file; it may tell of pictures, but holds none: data is a folder with"))
    try scratch.file("x", [0x93] + Array("NUMPY".utf8))
    #expect(
      message(path).hasSuffix("write its pictures as PNG files into a folder, or as an IDX file of bytes"))
  }

  @Test func labelsThatAreNoLabelsSayWhatTheyAre() throws {
    let scratch = try Scratch()
    try scratch.file("0.png", Raw.pattern(8, 8, channels: 3).png())
    let path = scratch.path + "/labels"
    for (name, bytes) in [
      ("an office document", Self.zip("[Content_Types].xml")),
      ("a text file in UTF-16", Self.bytes("\u{FF}\u{FE}f\0")),
      ("a gzip file", MadeIDX.gzipped(Self.bytes("file,hair\n"))),
      ("a PNG picture", Raw.pattern(8, 8, channels: 3).png()),
      ("an IDX file", MadeIDX.labels([1])), ("a file of unknown kind", Self.noise),
      ("a JSON file", Self.bytes("{}")),
    ] {
      try scratch.file("labels", bytes)
      do {
        _ = try openDataset(scratch.path, size: 8, labels: .csv(path))
        Issue.record("\(name) was taken for labels")
      } catch {
        #expect(
          "\(error)"
            == "the labels of \(path) cannot be used: it is \(name), and labels are a CSV file in UTF-8 that starts with file,group,..."
        )
      }
    }
  }
}
