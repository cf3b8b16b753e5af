import Datasets
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct IDXTests {
  private let scratch: Scratch
  private var pictures: String { scratch.path + "/train-images-idx3-ubyte" }

  init() throws { scratch = try Scratch() }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func plainAndGzippedAreTheSame() throws {
    let bytes = MadeIDX.pictures(7, rows: 6, columns: 6)
    let packed = MadeIDX.gzipped(bytes)
    try scratch.file("plain", bytes)
    try scratch.file("packed.gz", packed)
    // Members after one another, as `cat a.gz b.gz` makes them, and a tape's zeros.
    try scratch.file("two.gz", MadeIDX.gzipped(Array(bytes[..<50])) + MadeIDX.gzipped(Array(bytes[50...])))
    try scratch.file("padded.gz", packed + [0, 0, 0])
    let plain = try openDataset(scratch.path + "/plain", size: 6, channels: 1)
    #expect(plain.count == 7 && plain.size == 6 && plain.channels == 1 && plain.labels == nil)
    #expect(plain.describe == "7 pictures of 6 x 6 in \(scratch.path)/plain")
    for name in ["plain", "packed.gz", "two.gz", "padded.gz"] {
      let data = try openDataset("\(scratch.path)/\(name)", size: 6, channels: 1)
      #expect(data.fingerprint == plain.fingerprint)
      for index in [0, 3, 6] {
        #expect(try data.picture(index) == MadeIDX.picture(index, rows: 6, columns: 6))
      }
    }
  }

  @Test(arguments: Fit.allCases)
  func otherSizesFollowTheRuleOfPictures(fit: Fit) throws {
    try scratch.file("images", MadeIDX.pictures(2, rows: 9, columns: 5))
    for size in [4, 7, 12] {
      let gray = try openDataset(scratch.path + "/images", size: size, channels: 1, fit: fit)
      let colour = try openDataset(scratch.path + "/images", size: size, channels: 3, fit: fit)
      let wanted = ResizerTests.resize(Raw.pattern(5, 9, channels: 1, kind: 1), fit: fit, size: size)
      #expect(try gray.picture(1) == wanted)
      let kept = CachedDataset(gray, budget: 1 << 20)
      for _ in 0..<2 { #expect(try kept.picture(1) == wanted, "and again, from memory") }
      #expect(try colour.picture(1) == wanted.flatMap { [$0, $0, $0] })
    }
  }

  @Test(arguments: [
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    ("t10k-images.idx3-ubyte.gz", "t10k-labels.idx1-ubyte"), ("images", "labels.gz"),
  ])
  func labelsLieBeside(name: String, labels: String) throws {
    let bytes = MadeIDX.pictures(4, rows: 3, columns: 3)
    let classes = MadeIDX.labels([7, 0, 9, 7])
    try scratch.file(name, name.hasSuffix("gz") ? MadeIDX.gzipped(bytes) : bytes)
    let bare = try openDataset("\(scratch.path)/\(name)", size: 3)
    #expect(bare.labels == nil)
    try scratch.file(labels, labels.hasSuffix("gz") ? MadeIDX.gzipped(classes) : classes)
    let data = try openDataset("\(scratch.path)/\(name)", size: 3)
    let table = try #require(data.labels)
    #expect(table.groups == [LabelGroup(name: "digit", classes: (0...9).map { "\($0)" })])
    #expect((0..<4).map { table.classIndex(picture: $0, group: 0) } == [7, 0, 9, 7])
    #expect(data.describe.hasSuffix("\(name), labelled by digit"))
    #expect(data.fingerprint != bare.fingerprint)
    #expect(try openDataset("\(scratch.path)/\(name)", size: 3, labels: .none).labels == nil)
  }

  @Test func labelsMayBeNamed() throws {
    try scratch.file("train-images-idx3-ubyte", MadeIDX.pictures(3, rows: 2, columns: 2))
    try scratch.file("letters", MadeIDX.labels([26, 1, 3]))
    let table = try #require(
      try openDataset(pictures, size: 2, labels: .csv(scratch.path + "/letters")).labels)
    #expect(table.groups == [LabelGroup(name: "class", classes: (0...26).map { "\($0)" })])
    #expect(table.classIndex(picture: 0, group: 0) == 26)
    #expect(
      message { _ = try openDataset(pictures, size: 2, labels: .folders) }
        == "the labels of \(pictures) cannot be used: pictures of an IDX file lie in no folders; name an IDX file of labels, or leave --labels out"
    )
    try scratch.file("labels.csv", "file,digit\n")
    #expect(
      message { _ = try openDataset(pictures, size: 2, labels: .csv(scratch.path + "/labels.csv")) }
        == "\(scratch.path)/labels.csv is a CSV file; the labels of IDX pictures are another IDX file, of one dimension"
    )
  }

  private static let badFiles: [([UInt8], String)] = [
    ([0, 0, 8], "it holds 3 bytes, too few for an IDX header; the file is cut short"),
    ([0, 0, 8, 3, 0, 0, 0, 1, 0, 0], "its header is cut short"),
    (
      MadeIDX.pictures(1, rows: 2, columns: 2, type: 0x0D),
      "its numbers are 32-bit floats, and must be unsigned bytes (type 08), 8 bits each"
    ),
    (
      MadeIDX.labels([1, 2, 3]),
      "it has 1 dimension, as labels have; name the file of pictures, which has 3 (count, rows, columns)"
    ),
    (MadeIDX.header(8, [1, 2, 2, 3]), "it has 4 dimensions, and pictures have 3"),
    (MadeIDX.header(8, [0, 28, 28]), "its header says 0 x 28 x 28, so it holds nothing"),
    (
      MadeIDX.header(8, [1, 28, 0xFFFF_FFFF]),
      "its header says 1 x 28 x 4294967295, and a picture's side is at most 10000"
    ),
    (
      Array(MadeIDX.pictures(3, rows: 4, columns: 5).dropLast(9)),
      "its header promises 60 bytes (3 x 4 x 5) and 51 follow; the file is cut short"
    ),
    (
      MadeIDX.pictures(3, rows: 4, columns: 5) + [1],
      "its header promises 60 bytes (3 x 4 x 5) and 61 follow, so the header is not this file's"
    ),
    (
      Array(MadeIDX.gzipped(MadeIDX.pictures(30, rows: 9, columns: 9)).dropLast(20)),
      "its gzip data end early; the file is cut short"
    ),
  ]

  @Test(arguments: badFiles)
  func badFilesGetSentences(bytes: [UInt8], expected: String) throws {
    try scratch.file("train-images-idx3-ubyte", bytes)
    let text = message { _ = try openDataset(pictures, size: 4) }
    #expect(text.hasPrefix("the IDX file \(pictures) cannot be used: "))
    #expect(text.contains(expected), "\(text)")
  }

  @Test func damageInsideGzipIsFound() throws {
    var bytes = MadeIDX.gzipped(MadeIDX.pictures(30, rows: 9, columns: 9))
    bytes[bytes.count - 6] ^= 0x40
    try scratch.file("train-images-idx3-ubyte", bytes)
    #expect(
      message { _ = try openDataset(pictures, size: 4) }.contains(
        "its gzip data are damaged: incorrect data check"))
  }

  @Test func labelsOfAnotherCount() throws {
    try scratch.file("train-images-idx3-ubyte", MadeIDX.pictures(3, rows: 2, columns: 2))
    try scratch.file("train-labels-idx1-ubyte", MadeIDX.labels([1, 2]))
    #expect(
      message { _ = try openDataset(pictures, size: 2) }
        == "the labels of \(scratch.path)/train-labels-idx1-ubyte cannot be used: the file holds 2 labels and there are 3 pictures"
    )
  }

  @Test func whatIsNotThere() throws {
    #expect(message { _ = try openDataset(pictures, size: 2) }.contains("an IDX file as MNIST's"))
    try scratch.file("train-images-idx3-ubyte", MadeIDX.pictures(3, rows: 2, columns: 2))
    #expect(
      message { _ = try openDataset(pictures, size: 2, labels: .csv("/nonexistent/l")) }
        == "/nonexistent/l cannot be read: No such file or directory")
    #expect(message { _ = try openDataset(pictures, size: 0) }.contains("the size is 1 to 10000"))
  }
}
