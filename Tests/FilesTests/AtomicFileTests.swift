import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    let scratch = try Scratch()
    try AtomicFile.write("first", to: scratch.file("a.txt"))
    try AtomicFile.write([UInt8]("second".utf8), to: scratch.file("a.txt"))
    #expect(try scratch.text("a.txt") == "second")
    try AtomicFile.write("", to: scratch.file("empty"))
    #expect(try scratch.text("empty").isEmpty)
    #expect(try scratch.names() == ["a.txt", "empty"])
  }

  @Test func aMissingFolderIsNamed() throws {
    let path = try Scratch().file("no/such/a.txt")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: path) }
    #expect(error?.description == "cannot write \(path): its folder does not exist")
    #expect(error?.path == path)
  }

  @Test func aFolderIsNotReplaced() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("a"), withIntermediateDirectories: false)
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: scratch.file("a")) }
    #expect(error?.description == "cannot write \(scratch.file("a")): it is a folder, not a file")
    #expect(try scratch.names() == ["a"])
  }

  @Test func aFileIsNoFolder() throws {
    let scratch = try Scratch()
    try AtomicFile.write("x", to: scratch.file("a"))
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: scratch.file("a/b")) }
    #expect(error?.description.hasSuffix("a part of the path is a file, not a folder") == true)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a full disk needs the right to mount one"))
  func aFullDiskKeepsTheOldFile() throws {
    let disk = try SmallDisk()
    let scratch = disk.scratch
    try AtomicFile.write("old", to: scratch.file("a"))
    try disk.fill(leaving: 8192)
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write([UInt8](repeating: 1, count: 40_000), to: scratch.file("a"))
    }
    #expect(error?.description.contains("no space is left on the disk") == true)
    #expect(try scratch.text("a") == "old")
    #expect(try scratch.names() == ["a", "ballast"])
  }
}

@Suite struct LineFileTests {
  @Test func addsLines() throws {
    let scratch = try Scratch()
    try LineFile(path: scratch.file("log")).append("one")
    let file = try LineFile(path: scratch.file("log"))
    try file.append("two")
    try file.flush()
    #expect(try scratch.text("log") == "one\ntwo\n")
    try LineFile(path: scratch.file("log"), startEmpty: true).append("three")
    #expect(try scratch.text("log") == "three\n")
  }

  @Test func endsATornLine() throws {
    let scratch = try Scratch()
    try AtomicFile.write("one\ntor", to: scratch.file("log"))
    try LineFile(path: scratch.file("log")).append("two")
    #expect(try scratch.text("log") == "one\ntor\ntwo\n")
  }

  @Test func aFolderIsRefused() throws {
    let scratch = try Scratch()
    let error = #expect(throws: FileError.self) { try LineFile(path: scratch.path) }
    #expect(error?.description == "cannot open \(scratch.path): it is a folder, not a file")
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a full disk needs the right to mount one"))
  func aFullDiskLeavesNoHalfLine() throws {
    let disk = try SmallDisk()
    let file = try LineFile(path: disk.scratch.file("log"))
    try file.append("one")
    try disk.fill(leaving: 12_288)
    #expect(throws: FileError.self) { try file.append(String(repeating: "x", count: 40_000)) }
    #expect(try disk.scratch.text("log") == "one\n")
    try file.append("two")
    #expect(try disk.scratch.text("log") == "one\ntwo\n")
  }
}
