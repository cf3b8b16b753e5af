import Drawing
import Files
import Foundation
import Reporting
import Testing

@Suite struct GIFTests {
  /// Bytes below 2^bits that look random, a function of `seed`.
  static func noise(_ count: Int, bits: Int = 8, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 40 & (1 << UInt64(bits) - 1))
    }
  }

  /// A smooth picture of many colours.
  static func smooth(_ side: Int, phase: Double = 0) -> Raster {
    let bytes = (0..<side * side).flatMap { at -> [UInt8] in
      let (x, y) = (Double(at % side) / Double(side), Double(at / side) / Double(side))
      return [x, y, (sin(6 * (x + y) + phase) + 1) / 2].map { UInt8($0 * 255) }
    }
    return Raster(width: side, height: side, channels: 3, bytes: bytes)
  }

  static func error(_ one: Raster, _ other: Raster) -> Double {
    let sum = zip(one.bytes, other.bytes).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (sum / Double(one.bytes.count)).squareRoot()
  }

  @Test(arguments: 2...8) func whatIsCompressedComesBack(bits: Int) throws {
    // Around each width of the codes, and past a full table.
    for count in [0, 1, 2, 3, 5, 250, 251, 252, 253, 254, 255, 510, 3_000, 20_000] {
      for bytes in [
        Self.noise(count, bits: bits), [UInt8](repeating: 1, count: count),
        (0..<count).map { UInt8($0 / 7 % 3) },
      ] {
        let packed = LZW.compress(bytes, bits: bits)
        #expect(try GIFReader.decompress(packed, bits: bits) == bytes)
      }
    }
  }

  @Test func everyEndOfACodeWidthComesBack() throws {
    // Every length, so that the end falls on each change of width.
    let bytes = Self.noise(1_100, bits: 2)
    for count in 0...bytes.count {
      let part = Array(bytes.prefix(count))
      #expect(try GIFReader.decompress(LZW.compress(part, bits: 2), bits: 2) == part)
    }
  }

  @Test func evenPicturesBecomeSmall() {
    #expect(LZW.compress([UInt8](repeating: 0, count: 100_000), bits: 8).count < 1_000)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 200, 256]) func fewColoursStayToTheBit(count: Int) throws {
    let bytes = (0..<32 * 16).flatMap { at -> [UInt8] in
      let colour = at * 7 % count
      return [UInt8(colour), UInt8(colour * 91 % 256), UInt8(255 - colour)]
    }
    let picture = Raster(width: 32, height: 16, channels: 3, bytes: bytes)
    for dithers in [false, true] {
      var file = GIFFile(width: 32, height: 16, centiseconds: 20)
      file.append(picture.indexed(dithers: dithers))
      #expect(try GIFReader(file.finished()).frames == [picture])
    }
  }

  @Test func grayStaysGray() throws {
    let gray = Raster(width: 16, height: 16, channels: 1, bytes: Array(0...255))
    var file = GIFFile(width: 16, height: 16, centiseconds: 1)
    file.append(gray.indexed(dithers: false))
    let frame = try #require(try GIFReader(file.finished()).frames.first)
    #expect((0..<256).allSatisfy { frame[$0 % 16, $0 / 16] == Colour(gray: UInt8($0)) })
  }

  @Test func manyColoursStayNear() throws {
    let picture = Self.smooth(96)
    var file = GIFFile(width: 96, height: 96, centiseconds: 100)
    for dithers in [false, true] { file.append(picture.indexed(dithers: dithers)) }
    let read = try GIFReader(file.finished())
    #expect(read.loops && read.delays == [100, 100])
    #expect(Self.error(read.frames[0], picture) < 8)
    // Pixel by pixel dithering is worse, and over squares of four by four better.
    #expect(Self.error(read.frames[1], picture) < 14)
    let mean = picture.shrunk(by: 4)
    #expect(
      Self.error(read.frames[1].shrunk(by: 4), mean) < Self.error(read.frames[0].shrunk(by: 4), mean))
    #expect(Self.error(read.frames[1].shrunk(by: 4), mean) < 3)
  }

  @Test func theNearestColourIsTheNearest() {
    let random = Self.noise(256 * 3)
    let palette = ColourPalette(
      (0..<256).map { Colour(random[3 * $0], random[3 * $0 + 1], random[3 * $0 + 2]) })
    func distance(_ colour: Colour, _ at: [Int]) -> Int {
      zip([colour.red, colour.green, colour.blue], at).reduce(0) {
        $0 + (Int($1.0) - $1.1) * (Int($1.0) - $1.1)
      }
    }
    for at in stride(from: 0, to: 3_000, by: 3) {
      let asked = Self.noise(3_000, seed: 9)[at..<at + 3].map(Int.init)
      let found = palette.colours[palette.nearest(asked[0], asked[1], asked[2])]
      #expect(distance(found, asked) == palette.colours.map { distance($0, asked) }.min())
    }
  }
}

@Suite struct AnimationTests {
  private static func run(_ scratch: Scratch, steps: [Int], side: Int = 24) throws -> RunFolder {
    let folder = RunFolder(scratch.path)
    try folder.createFolders(rank: 0)
    for step in steps {
      try GIFTests.smooth(side, phase: Double(step)).writePNG(to: folder.sample(step: step))
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
      #expect(GIFTests.error(frame, GIFTests.smooth(24, phase: Double(step))) < 8)
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
    try GIFTests.smooth(12).writePNG(to: folder.sample(step: 20))
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
      #expect(ProgressAnimation(framesPerSecond: rate).centiseconds == centiseconds)
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
