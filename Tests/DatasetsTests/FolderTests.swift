import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct FolderTests {
  @Test func picturesAreFoundByContentAndSortedByBytes() throws {
    let scratch = try Scratch()
    let names = ["b/2.png", "a.txt", "B.jpg", "b.png", "b/10", "ä.jpg", "Z/deep/er/x.gif"]
    for (kind, name) in names.enumerated() {
      let picture = Raw.pattern(8, 8, channels: 3, kind: kind)
      try scratch.file(name, kind % 2 == 0 ? picture.png() : picture.jpeg())
    }
    try scratch.file("notes.png", "no picture at all")
    try scratch.file("empty.jpg", "")
    try scratch.file(".hidden.png", Raw.pattern(8, 8, channels: 3).png())
    try scratch.file(".cache/x.png", Raw.pattern(8, 8, channels: 3).png())
    let data = try FolderDataset(folder: scratch.path, size: 8)
    #expect(
      (0..<data.count).map(data.name(of:)) == [
        "B.jpg", "Z/deep/er/x.gif", "a.txt", "b.png", "b/10", "b/2.png", "ä.jpg",
      ])
    #expect(data.otherFiles == 2)
    #expect(
      data.describe == "7 pictures in \(scratch.path); passed over: 1 empty file (empty.jpg), 1 text file")
    #expect(try data.picture(1) == Raw.pattern(8, 8, channels: 3, kind: 6).pixels)
  }

  @Test func linksAreFollowedAndLoopsEnd() throws {
    let scratch = try Scratch()
    try scratch.file("a/1.png", Raw.pattern(8, 8, channels: 3).png())
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: scratch.path + "/a/up", withDestinationPath: scratch.path)
    try manager.createSymbolicLink(atPath: scratch.path + "/a/self", withDestinationPath: ".")
    try manager.createSymbolicLink(atPath: scratch.path + "/nowhere", withDestinationPath: "/nonexistent/x")
    try manager.createSymbolicLink(atPath: scratch.path + "/file", withDestinationPath: "a/1.png")
    let data = try FolderDataset(folder: scratch.path, size: 8)
    #expect((0..<data.count).map(data.name(of:)) == ["a/1.png", "file"])
  }

  @Test func fingerprintTellsIndexesApart() throws {
    let scratch = try Scratch()
    try scratch.file("1.png", Raw.pattern(8, 8, channels: 3).png())
    let first = try FolderDataset(folder: scratch.path, size: 8)
    #expect(try FolderDataset(folder: scratch.path + "/", size: 8).fingerprint == first.fingerprint)
    try scratch.file("2.png", Raw.pattern(8, 8, channels: 3).png())
    let second = try FolderDataset(folder: scratch.path, size: 8)
    #expect(first.fingerprint != second.fingerprint)
    try scratch.file("labels.csv", "file,hair\n1.png,red\n2.png,blue\n")
    let third = try FolderDataset(folder: scratch.path, size: 8)
    #expect(third.fingerprint != second.fingerprint && third.labels != nil)
  }

  @Test func errorsSayWhatIsWrong() throws {
    let scratch = try Scratch()
    func message(_ folder: String, size: Int = 8, channels: Int = 3) -> String {
      do {
        _ = try FolderDataset(folder: folder, size: size, channels: channels)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message(scratch.path + "/none").hasPrefix("there is no folder \(scratch.path)/none; "))
    #expect(
      message(scratch.path + "/x.tar").hasPrefix("there is no file or folder \(scratch.path)/x.tar; "))
    #expect(message(scratch.path).hasSuffix("looked for JPEG and PNG by content, found no files"))
    for i in 0..<12 { try scratch.file("sub/\(i).png", "text") }
    #expect(message(scratch.path).hasSuffix("looked for JPEG and PNG by content, found 12 text files"))
    #expect(message(scratch.path + "/sub/0.png").contains("is not a folder"))
    #expect(message(scratch.path, size: 0).contains("the size is 1 to 10000"))
    #expect(message(scratch.path, channels: 2).contains("1 (gray) or 3 (RGB)"))
  }

  @Test func grayAndColour() throws {
    let scratch = try Scratch()
    let gray = Raw.pattern(8, 8, channels: 1)
    try scratch.file("g.png", gray.png())
    #expect(try FolderDataset(folder: scratch.path, size: 8, channels: 1).picture(0) == gray.pixels)
    #expect(
      try FolderDataset(folder: scratch.path, size: 8, channels: 3).picture(0)
        == gray.pixels.flatMap { [$0, $0, $0] })
  }
}
