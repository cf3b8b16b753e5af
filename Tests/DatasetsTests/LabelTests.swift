import Datasets
import Tensors
import TestSupport
import Testing

@Suite struct LabelTests {
  private func folder(_ names: [String]) throws -> Scratch {
    let scratch = try Scratch()
    for name in names { try scratch.file(name, Raw.pattern(4, 4, channels: 1).png()) }
    return scratch
  }

  private func message(_ scratch: Scratch, _ source: LabelSource = .automatic) -> String {
    do {
      _ = try FolderDataset(folder: scratch.path, size: 4, labels: source)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func aFileOfLabels() throws {
    let scratch = try folder(["a.png", "b c.png", "d/e.png", "q\"u.png"])
    try scratch.file(
      "labels.csv",
      "\u{FEFF}hair, file ,age\r\nred, a.png , 10\r\n\"dark, long\",./b c.png,9\r\n\r\nred,d/e.png,10\nblue,\"q\"\"u.png\",111"
    )
    let labels = try #require(try FolderDataset(folder: scratch.path, size: 4).labels)
    #expect(labels.groups.map(\.name) == ["hair", "age"])
    #expect(labels.groups[0].classes == ["blue", "dark, long", "red"])
    #expect(labels.groups[1].classes == ["9", "10", "111"], "numbers are sorted as numbers")
    #expect((0..<4).map { labels.classIndex(picture: $0, group: 0) } == [2, 1, 2, 0])
    #expect((0..<4).map { labels.classIndex(picture: $0, group: 1) } == [1, 0, 1, 2])
    #expect(try FolderDataset(folder: scratch.path, size: 4, labels: .none).labels == nil)
  }

  @Test func emptyFieldsAreAClassOfTheirOwn() throws {
    let scratch = try folder(["a.png", "b.png", "c.png", "d.png"])
    try scratch.file(
      "labels.csv", "file,hair,age,eyes\na.png,red,10,zinc\nb.png,,9,\nc.png,white, ,blue\nd.png,red,,zinc\n")
    let labels = try #require(try FolderDataset(folder: scratch.path, size: 4).labels)
    #expect(
      labels.groups == [
        .init(name: "hair", classes: ["red", "white", "unknown"]),
        .init(name: "age", classes: ["9", "10", "unknown"]),
        .init(name: "eyes", classes: ["blue", "zinc", "unknown"]),
      ])
    #expect((0..<4).map { labels.classIndex(picture: $0, group: 0) } == [0, 2, 1, 0])
    #expect((0..<4).map { labels.classIndex(picture: $0, group: 1) } == [1, 0, 2, 2])
    #expect((0..<4).map { labels.classIndex(picture: $0, group: 2) } == [1, 2, 0, 1])
    // Written out or left empty, it is one class.
    try scratch.file("b.csv", "file,hair\na.png,red\nb.png,unknown\nc.png,\nd.png,\n")
    let written = try #require(
      try FolderDataset(folder: scratch.path, size: 4, labels: .csv(scratch.path + "/b.csv")).labels)
    #expect(written.groups == [.init(name: "hair", classes: ["red", "unknown"])])
  }

  @Test func subFoldersAsLabels() throws {
    let scratch = try folder(["cat/1.png", "cat/x/2.png", "ape/1.png"])
    let labels = try #require(try FolderDataset(folder: scratch.path, size: 4, labels: .folders).labels)
    #expect(labels.groups == [LabelGroup(name: "class", classes: ["ape", "cat"])])
    #expect((0..<3).map { labels.classIndex(picture: $0, group: 0) } == [0, 1, 1])
    try scratch.file("loose.png", Raw.pattern(4, 4, channels: 1).png())
    #expect(message(scratch, .folders).contains("loose.png lies in no sub-folder"))
  }

  @Test func argumentsAreUnderstood() {
    #expect(LabelSource(argument: nil) == .automatic)
    #expect(LabelSource(argument: "folders") == .folders)
    #expect(LabelSource(argument: "tags/x.csv") == .csv("tags/x.csv"))
  }

  @Test(arguments: [
    ("", "the file is empty; it starts with file,group,..."),
    ("name,hair\na.png,red\n", "one column must be called file"),
    ("file\na.png\n", "no column beside file"),
    ("file,hair,hair\na.png,red,red\n", "two columns are called hair"),
    ("file,hair,\na.png,red,x\n", "column 3 has no name"),
    ("file,hair\na.png,red\nb.png\n", "line 3 has 1 fields and the first line has 2"),
    ("file,hair\n,red\nb.png,red\n", "line 2 has no value for file"),
    ("file,hair,eyes\na.png,red,\nb.png,red, \n", "no picture has a value for eyes"),
    ("file,hair\na.png,red\na.png,blue\n", "a.png is on line 2 and again on line 3"),
    ("file,hair\na.png,red\n", "the picture b.png has no row"),
    ("file,hair\nx.png,red\n", "2 of 2 pictures have no row, the first is a.png"),
    (
      "file,hair\na.png,red\nb.png,red\nc.png,red\n",
      "it names 1 file that the folder has no picture for: c.png on line 4"
    ),
    ("file,hair\na.png,\"red\nb.png,red\n", "the quote opened on line 2 is never closed"),
  ])
  func errorsNameTheLine(content: String, expected: String) throws {
    let scratch = try folder(["a.png", "b.png"])
    try scratch.file("labels.csv", content)
    let text = message(scratch)
    #expect(text.hasPrefix("the labels of \(scratch.path)/labels.csv cannot be used: "))
    #expect(text.contains(expected))
  }

  @Test func aMissingFileOfLabels() throws {
    let scratch = try folder(["a.png"])
    #expect(
      message(scratch, .csv("/nonexistent/l.csv"))
        == "/nonexistent/l.csv cannot be read: No such file or directory")
    #expect(message(scratch, .csv(scratch.path)).contains("it is not a file"))
  }

  @Test func namesThatUnicodeCallsEqualStayApart() throws {
    // The same letter composed and decomposed: two files.
    let scratch = try folder(["\u{E9}.png", "e\u{301}.png"])
    try scratch.file("labels.csv", "file,k\n\u{E9}.png,one\ne\u{301}.png,two\n")
    let data = try FolderDataset(folder: scratch.path, size: 4)
    #expect(data.count == 2)
    #expect(
      data.labels?.classIndex(picture: 0, group: 0) == 1 && data.labels?.classIndex(picture: 1, group: 0) == 0
    )
  }
}
