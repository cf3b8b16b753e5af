import Checkpoints
import Files
import Foundation
import Testing

/// A file system in memory of a megabyte, which only root may mount. (Permissions would not do: root ignores
/// them.)
enum SmallDisk {
  static let isAvailable = (try? withDisk { _ in true }) ?? false

  static func withDisk<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withScratchFolder { folder in
      try run("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder)
      defer { try? run("umount", "-l", folder) }
      return try body(folder)
    }
  }

  static func freeBytes(_ disk: String) -> Int {
    var status = statvfs()
    return statvfs(disk, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : 0
  }

  /// Waits until what was removed has left the disk: a process that another test starts at that moment holds
  /// a copy of our open files until it becomes its own program.
  static func awaitRoom(of bytes: Int, on disk: String) {
    let patience = Date() + 20
    while freeBytes(disk) < bytes && Date() < patience { usleep(1000) }
  }

  /// Busy as long as a file on it is open for writing, in a process being started too; see `awaitRoom`.
  static func remountReadOnly(_ disk: String) throws {
    let patience = Date() + 20
    while true {
      do { return try run("mount", "-o", "remount,ro", disk) } catch  where Date() < patience { usleep(1000) }
    }
  }

  static func run(_ command: String...) throws {
    struct Refused: Error {}
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Refused() }
  }
}

@Suite(
  .enabled(if: SmallDisk.isAvailable, "a small disk can be mounted only by root, and not in every container"))
struct FullDiskTests {
  @Test func aFullDiskLosesNothing() throws {
    try SmallDisk.withDisk { disk in
      let store = try CheckpointStore(writingTo: disk + "/checkpoints", keep: 1)
      try store.writeSample(step: 100)
      #expect(
        sentence { try store.writeSample(step: 200, count: 500_000) }
          == "cannot write \(disk)/checkpoints/step-00000200: no space is left on the disk; free some, or choose "
          + "another folder")
      #expect(try names(in: disk + "/checkpoints") == ["latest", "step-00000100"])
      #expect(store.latest() == "step-00000100")
      let found = try store.newestValid()
      #expect(found.valid?.step == 100 && found.damaged.isEmpty)
      SmallDisk.awaitRoom(of: 500_000, on: disk)
      // With room again the run goes on.
      try store.writeSample(step: 200, count: 1000)
      #expect(try names(in: disk + "/checkpoints") == ["latest", "step-00000200"])
    }
  }

  /// The disk fills up in the first file, the second, the manifest, `latest`: each time the old or the new
  /// one is whole.
  @Test func wheneverItFillsUpTheOldOrTheNewOneIsWhole() throws {
    try SmallDisk.withDisk { disk in
      let store = try CheckpointStore(writingTo: disk + "/checkpoints", keep: 0)
      try store.writeSample(step: 0)
      var complete = 0
      var refused = 0
      for step in 1...40 {
        let freeBytes = step * 1000
        SmallDisk.awaitRoom(of: 500_000, on: disk)
        // Not by Foundation, which lets processes that other tests start inherit the file, and so keep its
        // room.
        let filler = [UInt8](repeating: 1, count: max(0, SmallDisk.freeBytes(disk) - freeBytes))
        try AtomicFile.write(filler, to: disk + "/filler")
        let told = sentence { try store.writeSample(step: step, count: 1500) }
        try FileManager.default.removeItem(atPath: disk + "/filler")
        let found = try store.newestValid()
        #expect(found.damaged.isEmpty)
        #expect(try names(in: disk + "/checkpoints").allSatisfy { !$0.hasPrefix(".") })
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
  }

  @Test func aReadOnlyDiskIsAnError() throws {
    try SmallDisk.withDisk { disk in
      let store = try CheckpointStore(writingTo: disk + "/checkpoints", keep: 1)
      try store.writeSample(step: 100)
      try SmallDisk.remountReadOnly(disk)
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
}
