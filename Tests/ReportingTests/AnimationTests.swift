import Drawing
import Files
import Foundation
import Reporting
import TestSupport
import Testing

@Suite struct AnimationTests {
  private static func run(_ scratch: Scratch, steps: [Int], side: Int = 24) throws -> RunFolder {
    let folder = RunFolder(scratch.path)
    try folder.createFolders(rank: 0)
    for step in steps {
      try Raster.smooth(side, phase: Double(step)).writePNG(to: folder.sample(step: step))
    }
    return folder
  }

  private static func read(_ folder: RunFolder) throws -> GIFReader {
    try GIFReader([UInt8](Data(contentsOf: URL(fileURLWithPath: folder.animation))))
  }

  @Test func theSheetsUpToAStepFollowEachOther() throws {
    let scratch = try Scratch()
    let folder = try Self.run(scratch, steps: [0, 200, 400, 600])
    let outcome = try ProgressAnimation(framesPerSecond: 5).write(folder, upTo: 400)
    #expect(outcome == .init(frames: 3, complaints: []))
    let read = try Self.read(folder)
    #expect((read.width, read.height) == (24, 24))
    #expect(read.delays == [20, 20, 20] && read.loops)
    for (frame, step) in zip(read.frames, [0, 200, 400]) {
      #expect(Raster.error(frame, Raster.smooth(24, phase: Double(step))) < 8)
    }
    #expect(try scratch.names() == ["progress.gif", "samples"])
  }

  @Test func equalSheetsAreEqualFiles() throws {
    let scratch = try Scratch()
    let folder = try Self.run(scratch, steps: [0, 10], side: 64)
    let files = try (0..<2).map { _ in
      _ = try ProgressAnimation(framesPerSecond: 1).write(folder, upTo: 10)
      return FileManager.default.contents(atPath: folder.animation)
    }
    #expect(files[0] == files[1])
  }

  @Test func withoutSheetsNothingIsWritten() throws {
    let scratch = try Scratch()
    let outcome = try ProgressAnimation(framesPerSecond: 5).write(RunFolder(scratch.path), upTo: 9)
    #expect(outcome == .init(frames: 0, complaints: []))
    #expect(try scratch.names().isEmpty)
  }

  @Test func sheetsThatCannotBeShownAreNamed() throws {
    let scratch = try Scratch()
    let folder = try Self.run(scratch, steps: [0, 10, 20, 30, 40])
    try AtomicFile.write("no picture", to: folder.sample(step: 10))
    try Raster.smooth(12).writePNG(to: folder.sample(step: 20))
    let whole = try #require(FileManager.default.contents(atPath: folder.sample(step: 40)))
    try AtomicFile.write([UInt8](whole.prefix(whole.count / 2)), to: folder.sample(step: 40))
    let outcome = try ProgressAnimation(framesPerSecond: 5).write(folder, upTo: 40)
    #expect(outcome.frames == 2)
    #expect(outcome.complaints.count == 3)
    #expect(outcome.complaints[0].hasPrefix("\(folder.sample(step: 40)) is no picture that can be read: "))
    #expect(outcome.complaints[1].hasPrefix("\(folder.sample(step: 10)) is no picture that can be read: "))
    #expect(
      outcome.complaints[2]
        == "\(folder.sample(step: 20)) is 12 x 12 and the newest sheet 24 x 24; it is left out of \(folder.animation)"
    )
    #expect(try Self.read(folder).frames.count == 2)
  }

  @Test func longRunsAreThinnedOut() {
    let steps = Array(stride(from: 0, through: 30_000, by: 10))
    let chosen = ProgressAnimation.chosen(steps, pixels: 400 * 400)
    #expect(chosen.count == 100 && chosen.first == 0 && chosen.last == 30_000)
    #expect(zip(chosen, chosen.dropFirst()).allSatisfy { (290...310).contains($1 - $0) })
    #expect(ProgressAnimation.chosen(steps, pixels: 1_000_000).count == 24)
    #expect(ProgressAnimation.chosen(steps, pixels: 100_000_000) == [0, 30_000])
    #expect(ProgressAnimation.chosen([0, 10], pixels: 530 * 530) == [0, 10])
    #expect(ProgressAnimation.chosen([7], pixels: 1) == [7])
  }

  @Test func largeSheetsAreShrunk() throws {
    let scratch = try Scratch()
    let folder = RunFolder(scratch.path)
    try folder.createFolders(rank: 0)
    try Raster(width: 1_201, height: 30, fill: Colour(1, 2, 3)).writePNG(to: folder.sample(step: 0))
    #expect(try ProgressAnimation(framesPerSecond: 5).write(folder, upTo: 0).frames == 1)
    let read = try Self.read(folder)
    #expect((read.width, read.height) == (600, 15))
    #expect(read.frames[0][599, 14] == Colour(1, 2, 3))
  }

  @Test func framesHaveTheRateThatTheFormatHas() {
    for (rate, centiseconds) in [(1.0, 100), (5, 20), (30, 3), (1000, 2), (0.1, 1000), (1e-9, 65_535)] {
      #expect(GIFFile.centiseconds(framesPerSecond: rate) == centiseconds)
    }
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a full disk needs the right to mount one"))
  func aFullDiskLeavesTheOldFile() throws {
    let disk = try SmallDisk()
    let folder = try Self.run(disk.scratch, steps: [0, 10], side: 16)
    _ = try ProgressAnimation(framesPerSecond: 5).write(folder, upTo: 0)
    let old = FileManager.default.contents(atPath: folder.animation)
    try disk.fill(leaving: 0)
    let error = #expect(throws: FileError.self) {
      try ProgressAnimation(framesPerSecond: 5).write(folder, upTo: 10)
    }
    #expect(
      error?.description.hasPrefix("cannot write \(folder.animation): no space is left on the disk") == true)
    #expect(FileManager.default.contents(atPath: folder.animation) == old)
  }
}
