import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

@Suite(
  .enabled(if: SmallDisk.isPossible, "a small disk can be mounted only by root, and not in every container"))
struct FullDiskTests {
  @Test func aFullDiskLosesNothing() throws {
    let small = try SmallDisk(kilobytes: 1024)
    let disk = small.path
    let store = try CheckpointStore(writingTo: disk + "/checkpoints", keep: 1)
    try store.writeSample(step: 100)
    #expect(
      sentence { try store.writeSample(step: 200, count: 500_000) }
        == "cannot write \(disk)/checkpoints/step-00000200: no space is left on the disk; free some, or choose "
        + "another folder")
    #expect(try Scratch.names(in: disk + "/checkpoints") == ["latest", "step-00000100"])
    #expect(store.latest() == "step-00000100")
    let found = try store.newestValid()
    #expect(found.valid?.step == 100 && found.damaged.isEmpty)
    small.awaitRoom(of: 500_000)
    // With room again the run goes on.
    try store.writeSample(step: 200, count: 1000)
    #expect(try Scratch.names(in: disk + "/checkpoints") == ["latest", "step-00000200"])
  }

  /// The disk fills up in the first file, the second, the manifest, `latest`: each time the old or the new
  /// one is whole.
  @Test func wheneverItFillsUpTheOldOrTheNewOneIsWhole() throws {
    let small = try SmallDisk(kilobytes: 1024)
    let disk = small.path
    let store = try CheckpointStore(writingTo: disk + "/checkpoints", keep: 0)
    try store.writeSample(step: 0)
    var complete = 0
    var refused = 0
    for step in 1...40 {
      let freeBytes = step * 1000
      small.awaitRoom(of: 500_000)
      // Not by Foundation, which lets processes that other tests start inherit the file, and so keep its
      // room.
      let filler = [UInt8](repeating: 1, count: max(0, small.freeBytes - freeBytes))
      try AtomicFile.write(filler, to: disk + "/filler")
      let told = sentence { try store.writeSample(step: step, count: 1500) }
      try FileManager.default.removeItem(atPath: disk + "/filler")
      let found = try store.newestValid()
      #expect(found.damaged.isEmpty)
      #expect(try Scratch.names(in: disk + "/checkpoints").allSatisfy { !$0.hasPrefix(".") })
      let valid = try #require(found.valid)
      if let told {
        #expect(told.contains("no space is left on the disk"), "\(told)")
        refused += 1
      } else {
        #expect(valid.step == step && store.latest() == valid.name)
        complete += 1
      }
      #expect(try valid.sampleValue() == Float(valid.step))
    }
    #expect(refused > 2 && complete > 2, "\(refused) refused, \(complete) complete")
  }

  @Test func aReadOnlyDiskIsAnError() throws {
    let small = try SmallDisk(kilobytes: 1024)
    let disk = small.path
    let store = try CheckpointStore(writingTo: disk + "/checkpoints", keep: 1)
    try store.writeSample(step: 100)
    #expect(small.remountReadOnly())
    #expect(
      sentence { try store.writeSample(step: 200) }
        == "cannot write \(disk)/checkpoints/step-00000200: the file system is read-only; choose another folder"
    )
    #expect(
      sentence { _ = try CheckpointStore(writingTo: disk + "/other/checkpoints", keep: 1) }
        == "cannot create \(disk)/other: the file system is read-only; choose another folder")
    #expect(try CheckpointStore.find(at: disk).valid?.step == 100)
  }
}
