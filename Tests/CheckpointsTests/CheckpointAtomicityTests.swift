import Checkpoints
import Foundation
import TestSupport
import Testing

/// A writer that dies at any moment leaves the old checkpoint or the new one.
@Suite struct CheckpointAtomicityTests {
  /// Copies the folder at each stage of a write: what a process killed there leaves behind.
  final class Photographer: @unchecked Sendable {
    let folder: String
    let album: String
    private(set) var stages: [CheckpointStage] = []

    init(folder: String, album: String) {
      self.folder = folder
      self.album = album
    }

    func take(_ stage: CheckpointStage) {
      let photo = "\(album)/\(stages.count)"
      // A failure shows as a photograph that is missing.
      try? FileManager.default.copyItem(atPath: folder, toPath: photo)
      stages.append(stage)
    }
  }

  /// What a step's checkpoint may be after the next opening, old or new, by its sample value.
  static func check(_ photo: String, stage: CheckpointStage, step: Int, allowed: Set<Float?>) throws {
    // A reader that comes before the next writer never takes half a checkpoint for a whole one.
    let read = try CheckpointStore(readingFrom: photo).newestValid()
    #expect(read.damaged.isEmpty, "at \(stage): \(read.warning ?? "")")
    #expect(read.valid != nil, "at \(stage)")
    let store = try CheckpointStore(writingTo: photo, keep: 2)
    #expect(try Scratch.names(in: photo).allSatisfy { !$0.hasPrefix(".") }, "at \(stage)")
    let found = try store.newestValid()
    #expect(found.damaged.isEmpty, "at \(stage): \(found.warning ?? "")")
    let valid = try #require(found.valid)
    let value = valid.step == step ? try valid.sampleValue() : nil
    #expect(allowed.contains(value), "at \(stage): \(String(describing: value))")
    let latest = try #require(store.latest())
    #expect(throws: Never.self, "at \(stage)") { try Checkpoint(validating: photo + "/" + latest) }
    // And the run goes on.
    try store.writeSample(step: step, value: 9)
    #expect(try store.newestValid().valid?.sampleValue() == 9)
  }

  @Test func everyMomentOfANewCheckpoint() throws {
    try withScratchFolder { folder in
      let camera = Photographer(folder: folder + "/c", album: folder)
      var store = try CheckpointStore(writingTo: camera.folder, keep: 2)
      for step in [100, 200] { try store.writeSample(step: step) }
      store.atStage = { camera.take($0) }
      try store.writeSample(step: 300)
      #expect(
        camera.stages == [
          .folderCreated, .fileWritten, .fileWritten, .manifestWritten, .renamed, .latestWritten, .removing,
        ])
      for (number, stage) in camera.stages.enumerated() {
        try Self.check("\(folder)/\(number)", stage: stage, step: 300, allowed: number < 4 ? [nil] : [300])
      }
    }
  }

  @Test(arguments: [true, false]) func everyMomentOfARerun(_ canExchange: Bool) throws {
    try withScratchFolder { folder in
      let camera = Photographer(folder: folder + "/c", album: folder)
      var store = try CheckpointStore(writingTo: camera.folder, keep: 2)
      try store.writeSample(step: 100)
      try store.writeSample(step: 200, value: 1)
      store.canExchange = canExchange
      store.atStage = { camera.take($0) }
      try store.writeSample(step: 200, value: 2)
      #expect(camera.stages.contains(.setAside) == !canExchange)
      let renamed = try #require(camera.stages.firstIndex(of: .renamed))
      for (number, stage) in camera.stages.enumerated() {
        if stage == .setAside {
          // `latest` names the one set aside until the next opening brings it back.
          #expect(try CheckpointStore(readingFrom: "\(folder)/\(number)").newestValid().valid?.step == 100)
        }
        try Self.check("\(folder)/\(number)", stage: stage, step: 200, allowed: number < renamed ? [1] : [2])
      }
    }
  }

  static let childFolder = ProcessInfo.processInfo.environment["DCGAN_DIST_TEST_KILLED_WRITER"]

  /// Runs in a process of its own, started and killed by the test below: writes checkpoints for ever, every
  /// second one over the one before.
  @Test(.enabled(if: childFolder != nil, "it runs only as the child of writersKilledAtRandom"))
  func killedWriter() throws {
    let store = try CheckpointStore(writingTo: try #require(Self.childFolder), keep: 2)
    var step = (try store.newestValid().valid?.step ?? 0) + 1
    while true {
      try store.writeSample(step: step, count: 20_000)
      try store.writeSample(step: step, count: 20_000)
      step += 1
    }
  }

  @Test(.enabled(if: childFolder == nil)) func writersKilledAtRandom() throws {
    try withScratchFolder { folder in
      var newest = 0
      for _ in 0..<6 {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["--testing-library", "swift-testing", "--filter", "killedWriter"]
        child.environment = ProcessInfo.processInfo.environment.merging(
          ["DCGAN_DIST_TEST_KILLED_WRITER": folder]) { $1 }
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        let store = CheckpointStore(readingFrom: folder)
        let patience = Date() + 60
        while child.isRunning, Date() < patience, try store.steps().last ?? 0 <= newest { usleep(1000) }
        usleep(UInt32.random(in: 0..<20_000))
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        try #require(
          child.terminationReason == .uncaughtSignal, "the writer did not live until it was killed")

        let seen = try store.newestValid()
        #expect(seen.damaged.isEmpty, "\(seen.warning ?? "")")
        _ = try CheckpointStore(writingTo: folder, keep: 2)
        #expect(try Scratch.names(in: folder).allSatisfy { !$0.hasPrefix(".") })
        let valid = try #require(try store.newestValid().valid)
        #expect(try valid.sampleValue() == Float(valid.step))
        #expect(valid.step > newest)
        newest = valid.step
        let latest = try #require(store.latest())
        #expect(throws: Never.self) { try Checkpoint(validating: folder + "/" + latest) }
      }
    }
  }
}
