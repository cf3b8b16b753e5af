import Datasets
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct DamageTests {
  private func folder(of count: Int, damaged: Set<Int>) throws -> Scratch {
    let scratch = try Scratch()
    for i in 0..<count {
      let file = Raw.pattern(16, 16, channels: 3, kind: i).png()
      try scratch.file(
        String(format: "%03d.png", i), damaged.contains(i) ? Array(file.prefix(file.count / 2)) : file)
    }
    return scratch
  }

  @Test func theNextGoodPictureStandsIn() throws {
    let scratch = try folder(of: 40, damaged: [3, 4, 39])
    let said = Mutex<[String]>([])
    let data = TolerantDataset(try FolderDataset(folder: scratch.path, size: 16)) { line in
      said.withLock { $0.append(line) }
    }
    var pixels = [UInt8](repeating: 0, count: data.bytesPerPicture)
    for _ in 0..<2 {
      for (asked, given) in [(2, 2), (3, 5), (4, 5), (39, 0), (38, 38)] {
        #expect(
          try pixels.withUnsafeMutableBufferPointer { try data.draw(asked, into: $0.baseAddress!) } == given)
        #expect(pixels == Raw.pattern(16, 16, channels: 3, kind: given).pixels)
      }
    }
    #expect(data.damaged.map(\.index) == [3, 4, 39])
    let lines = said.withLock { $0 }
    #expect(lines.count == 3, "each is named once")
    #expect(lines[0].contains("003.png (the PNG is truncated)") && lines[2].contains("3 of 40"))
  }

  @Test func theReplacementDoesNotDependOnTheOrderOfDrawing() throws {
    let scratch = try folder(of: 40, damaged: [3, 4, 39])
    let forward = TolerantDataset(try FolderDataset(folder: scratch.path, size: 16))
    let backward = TolerantDataset(try FolderDataset(folder: scratch.path, size: 16))
    let a = try (0..<40).map { try forward.picture($0) }
    let b = try (0..<40).reversed().map { try backward.picture($0) }
    #expect(a == b.reversed())
  }

  @Test func moreThanATenthIsAnError() throws {
    let scratch = try folder(of: 30, damaged: [2, 7, 8, 20])
    let data = TolerantDataset(try FolderDataset(folder: scratch.path, size: 16))
    for i in 0..<20 { _ = try data.picture(i) }
    do {
      _ = try data.picture(20)
      Issue.record("a set that is damaged over a tenth was used")
    } catch {
      #expect(
        "\(error)".hasPrefix("4 of 30 pictures are damaged, more than a tenth, among them 002.png (the PNG"))
    }
  }

  @Test func aFileThatCannotBeReadIsNotReplaced() throws {
    let scratch = try folder(of: 40, damaged: [])
    let data = TolerantDataset(try FolderDataset(folder: scratch.path, size: 16))
    try FileManager.default.removeItem(atPath: scratch.path + "/007.png")
    do {
      _ = try data.picture(7)
      Issue.record("another picture was drawn for a missing file")
    } catch {
      #expect("\(error)" == "\(scratch.path)/007.png cannot be read: No such file or directory")
    }
  }

  @Test func theCacheGivesTheSameWithinAndBeyondItsBudget() throws {
    let scratch = try folder(of: 20, damaged: [5])
    let plain = TolerantDataset(try FolderDataset(folder: scratch.path, size: 16))
    for places in [0, 1, 7, 20, 50] {
      let cached = CachedDataset(plain, budget: places * CachedDataset.bytesPerPlace(of: plain) + 5)
      #expect(cached.capacity == min(places, 20))
      for _ in 0..<2 {
        for i in 0..<20 { #expect(try cached.picture(i) == plain.picture(i)) }
      }
      #expect(cached.filled == cached.capacity)
      var pixels = [UInt8](repeating: 0, count: cached.bytesPerPicture)
      #expect(try pixels.withUnsafeMutableBufferPointer { try cached.draw(5, into: $0.baseAddress!) } == 6)
    }
  }

  @Test func theCacheDrawsEachPictureOnce() throws {
    let drawn = Mutex<[Int: Int]>([:])
    let base = Numbered(count: 9) { index in
      drawn.withLock { $0[index, default: 0] += 1 }
      return nil
    }
    let cached = CachedDataset(base, budget: 6 * CachedDataset.bytesPerPlace(of: base))
    for _ in 0..<4 { for i in 0..<9 { _ = try cached.picture(i) } }
    #expect(drawn.withLock { counts in (0..<9).map { counts[$0] ?? 0 } } == [1, 1, 1, 1, 1, 1, 4, 4, 4])
  }
}
