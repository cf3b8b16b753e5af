import Files
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFilesTests {
  private func write(_ files: AtomicFiles, _ numbers: Range<Int>) throws {
    for number in numbers { try files.add([UInt8]("picture \(number)".utf8), as: "\(number).png") }
  }

  @Test(arguments: [1, 255, 256, 257, 700])
  func allGetTheirNames(count: Int) throws {
    let scratch = try Scratch()
    try AtomicFile.write("old", to: scratch.file("0.png"))
    let files = AtomicFiles(in: scratch.path)
    try write(files, 0..<count)
    try files.finish()
    #expect(try Set(scratch.names()) == Set((0..<count).map { "\($0).png" }))
    for number in 0..<count { #expect(try scratch.text("\(number).png") == "picture \(number)") }
    // Nothing is left to do, and more may come.
    try files.finish()
    try write(files, count..<count + 1)
    try files.finish()
    #expect(try scratch.text("\(count).png") == "picture \(count)")
  }

  @Test func whatIsNotFinishedLeavesNothing() throws {
    let scratch = try Scratch()
    try AtomicFile.write("old", to: scratch.file("0.png"))
    do {
      let files = AtomicFiles(in: scratch.path)
      try write(files, 0..<10)
      // Before its name: old or absent, never a part.
      #expect(try scratch.text("0.png") == "old")
      #expect(try scratch.names().filter { !$0.hasPrefix(".") } == ["0.png"])
    }
    #expect(try scratch.names() == ["0.png"])
    #expect(try scratch.text("0.png") == "old")
  }

  @Test func aNameThatCannotBeTakenIsTold() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.file("3.png"), withIntermediateDirectories: false)
    let error = #expect(throws: FileError.self) {
      let files = AtomicFiles(in: scratch.path)
      try write(files, 0..<6)
      try files.finish()
    }
    #expect(error?.description == "cannot write \(scratch.file("3.png")): it is a folder, not a file")
    #expect(try scratch.names() == ["0.png", "1.png", "2.png", "3.png"])
  }

  @Test func aMissingFolderIsNamed() throws {
    let scratch = try Scratch()
    let error = #expect(throws: FileError.self) {
      try write(AtomicFiles(in: scratch.file("none")), 0..<1)
    }
    #expect(error?.description == "cannot write \(scratch.file("none"))/0.png: its folder does not exist")
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a full disk needs the right to mount one"))
  func aFullDiskLeavesWholeFilesOnly() throws {
    let disk = try SmallDisk()
    let scratch = disk.scratch
    try disk.fill(leaving: 40_000)
    let error = #expect(throws: FileError.self) {
      let files = AtomicFiles(in: scratch.path)
      for number in 0..<8 { try files.add([UInt8](repeating: 1, count: 8_000), as: "\(number).png") }
      try files.finish()
    }
    #expect(error?.description.contains("no space is left on the disk") == true)
    #expect(try scratch.names() == ["ballast"])
  }
}
