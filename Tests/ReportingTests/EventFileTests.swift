import Drawing
import Files
import Foundation
import Reporting
import TestSupport
import Testing

@Suite struct EventFileTests {
  @Test func knownChecksums() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    // RFC 3720, B.4.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 255, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum((0..<32).reversed()) == 0x113F_DB5C)
    #expect(CRC32C.checksum([]) == 0)
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * $0) }
    #expect(CRC32C.checksum(bytes) == EventReader.checksum(bytes[...]))
  }

  @Test func aRunIsReadBack() throws {
    let scratch = try Scratch()
    let events = try RunEvents(RunFolder(scratch.path), host: "node-1.cluster", goingOnFrom: nil)
    let name = try #require(scratch.names().first)
    #expect(name.wholeMatch(of: /events\.out\.tfevents\.\d{10}\.node-1-cluster\.dcgan-dist/) != nil)
    let sheet = Raster(width: 7, height: 5, channels: 3, fill: Colour(10, 20, 30))
    try events.append(MetricsTests.record(10))
    try events.append(sample: sheet, png: sheet.png(), step: 10)
    let gray = Raster(width: 300, height: 2, channels: 1)
    try events.append(reals: gray, png: gray.png())
    let read = try EventReader.read(events.path)
    #expect(read.count == 4)
    #expect(read[0].version == "brain.Event:2")
    #expect(abs(read[0].time - Date().timeIntervalSince1970) < 3600)
    #expect(read[1].step == 10)
    #expect(
      read[1].scalars == [
        "run/epoch": 0.1, "run/images": 1280, "run/seconds": 12.5, "run/images_per_second": 1000,
        "losses/loss_d": 0.75, "losses/loss_d_real": 0.25, "losses/loss_d_fake": 0.5, "losses/loss_g": 2.25,
        "losses/loss_d_last": 0.625, "losses/loss_d_real_last": 0.125, "losses/loss_d_fake_last": 0.5,
        "losses/loss_g_last": 2, "failure_watch/loss_d_share": 0.5625, "failure_watch/sheet_step": 5,
        "failure_watch/smoothness": 0.75, "failure_watch/smoothness_low": 0.25,
        "failure_watch/loss_d_share_low": 0.02,
        "discriminator/d_real": 0.875, "discriminator/d_fake_before": 0.3,
        "discriminator/d_fake_after": 1e-7, "discriminator/d_real_last": 0.5,
        "discriminator/d_fake_before_last": 0.25, "discriminator/d_fake_after_last": 0.125,
        "gradients/grad_norm_d": 3, "gradients/grad_norm_g": 4.5, "rates/lr_d": 2e-4, "rates/lr_g": 1e-4,
        "waiting/comm_seconds": 0.001,
        "waiting/data_seconds": 0, "waiting/wait_seconds/rank_0000": 0.001,
        "waiting/wait_seconds/rank_0001": 0.0005, "waiting/batch_norm_wait_seconds": 0.00025,
        "waiting/overlap_percent": 87.5, "run/memory_bytes": Float(1 << 30),
      ])
    let image = try #require(read[2].images["samples/fixed_z"])
    #expect((image.height, image.width, image.channels) == (5, 7, 3))
    #expect(try image.png == sheet.png())
    #expect(read[3].step == 0 && read[3].images["samples/reals"]?.channels == 1)
  }

  @Test func changesAreATextOfTheirStep() throws {
    let scratch = try Scratch()
    let events = try RunEvents(RunFolder(scratch.path), host: "h", goingOnFrom: nil)
    try events.append(changes: [], step: 4)
    try events.append(changes: ["lr from 1 to 2", "b"], step: 4)
    let read = try EventReader.read(events.path)
    #expect(read.count == 2 && read[1].step == 4)
    #expect(read[1].texts == ["run/changes": "- lr from 1 to 2\n- b"])
  }

  @Test func whatIsNotKnownIsLeftOut() throws {
    let scratch = try Scratch()
    let events = try RunEvents(RunFolder(scratch.path), host: "h", goingOnFrom: nil)
    var record = MetricsTests.record(1, lossG: .nan)
    record.overlapPercent = nil
    record.waitSeconds = (0..<100).map(Double.init)
    try events.append(record)
    let scalars = try EventReader.read(events.path)[1].scalars
    #expect(scalars["losses/loss_g"] == nil && scalars["waiting/overlap_percent"] == nil)
    #expect(scalars["waiting/wait_seconds/rank_0063"] == 63)
    #expect(scalars["waiting/wait_seconds/rank_0064"] == nil)
  }

  @Test func aRunThatGoesOnReplacesWhatCameAfterItsCheckpoint() throws {
    let scratch = try Scratch()
    let folder = RunFolder(scratch.path)
    let metrics = try MetricsFile(path: folder.metrics)
    // Of a clock that ran ahead.
    _ = try EventFile(folder: folder.path, host: "z", now: Date(timeIntervalSince1970: 5_000_000_000))
    let first = try RunEvents(folder, host: "h", goingOnFrom: 0)
    for step in [10, 20] { try metrics.append(MetricsTests.record(step)) }
    let second = try RunEvents(folder, host: "a", goingOnFrom: 20)
    try second.append(MetricsTests.record(30))
    #expect(EventFile.files(in: folder.path).suffix(2) == [first.path, second.path])
    let read = try EventReader.read(second.path)
    #expect(read.map(\.step) == [0, 20, 20, 30])
    #expect(read[1].session == 1 && read[1].scalars.isEmpty)
    #expect(read[2].scalars["losses/loss_g"] == 2.25)
  }

  @Test func aRunThatGoesOnElsewhereBeginsWithWhatIsKnown() throws {
    let scratch = try Scratch()
    let folder = RunFolder(scratch.path)
    let metrics = try MetricsFile(path: folder.metrics)
    for step in [10, 20] {
      var record = MetricsTests.record(step)
      record.seconds = Double(step)
      try metrics.append(record)
    }
    let read = try EventReader.read(RunEvents(folder, host: "h", goingOnFrom: 25).path)
    #expect(read.map(\.step) == [0, 10, 20])
    #expect(abs(read[2].time - read[1].time - 10) < 1e-3)
    #expect(read.allSatisfy { $0.session == nil })
  }

  @Test func aRunThatStartsAnewRemovesOursAlone() throws {
    let scratch = try Scratch()
    let folder = RunFolder(scratch.path)
    let theirs = "events.out.tfevents.1700000000.host.1.0"
    try AtomicFile.write("", to: scratch.file(theirs))
    let old = try RunEvents(folder, host: "h", goingOnFrom: nil)
    let new = try RunEvents(folder, host: "i", goingOnFrom: nil)
    #expect(old.path != new.path)
    #expect(try scratch.names().count == 2)
    #expect(EventFile.files(in: folder.path) == [new.path])
    #expect(FileManager.default.fileExists(atPath: scratch.file(theirs)))
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let path = try Scratch().file("none")
    let error = #expect(throws: FileError.self) { try EventFile(folder: path, host: "h") }
    #expect(error?.description.hasPrefix("cannot open \(path)/events.out.tfevents.") == true)
    #expect(error?.description.hasSuffix("its folder does not exist") == true)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a full disk needs the right to mount one"))
  func aFullDiskLeavesWholeRecords() throws {
    let disk = try SmallDisk()
    let events = try RunEvents(RunFolder(disk.scratch.path), host: "h", goingOnFrom: nil)
    try events.append(MetricsTests.record(10))
    try disk.fill(leaving: 0)
    let sheet = Raster(width: 100, height: 100, channels: 3)
    let noise = [UInt8](repeating: 7, count: 100_000)
    let error = #expect(throws: FileError.self) { try events.append(sample: sheet, png: noise, step: 10) }
    #expect(error?.description.hasPrefix("cannot write \(events.path): no space is left on the disk") == true)
    #expect(try EventReader.read(events.path).count == 2)
  }
}
