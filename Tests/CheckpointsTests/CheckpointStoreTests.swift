import Checkpoints
import Files
import Foundation
import TestSupport
import Testing

@Suite struct CheckpointStoreTests {
  struct Info: Codable, Equatable {
    var preset: String
    var slices: Int
    var architecture: [String: [Int]]
  }

  @Test func writesWhatItReads() throws {
    try withScratchFolder { folder in
      let directory = folder + "/run/checkpoints"
      let store = try CheckpointStore(writingTo: directory, keep: 3)
      let info = Info(preset: "dcgan64", slices: 8, architecture: ["generator": [512, 256]])
      let saved = try store.write(
        step: 200, model: [entry("generator.main.0.weight", [2], [1, 2])],
        optimizer: [entry("generator.main.0.weight.m", [2], [3, 4])], info: info)
      #expect(saved.name == "step-00000200" && saved.path == directory + "/step-00000200")
      #expect(saved.removed.isEmpty && saved.undeleted.isEmpty)
      #expect(try Scratch.names(in: directory) == ["latest", "step-00000200"])
      #expect(
        try Scratch.names(in: saved.path) == ["manifest.json", "model.safetensors", "optimizer.safetensors"])
      #expect(try String(contentsOfFile: directory + "/latest", encoding: .utf8) == "step-00000200\n")
      #expect(store.latest() == "step-00000200")

      let found = try CheckpointStore(readingFrom: directory).newestValid()
      #expect(found.damaged.isEmpty && found.warning == nil)
      let checkpoint = try #require(found.valid)
      #expect(
        checkpoint.step == 200 && checkpoint.path == saved.path && checkpoint.manifest == saved.manifest)
      #expect(try checkpoint.info(as: Info.self) == info)
      #expect(checkpoint.manifest.files["model.safetensors"] == (try FileDigest(of: checkpoint.modelPath)))
      #expect(try checkpoint.openModel().metadata == ["format": "pt"])
      #expect(
        try checkpoint.openModel().tensor(named: "generator.main.0.weight").floats(shape: [2]) == [1, 2])
      #expect(
        try checkpoint.openOptimizer().tensor(named: "generator.main.0.weight.m").floats(shape: [2]) == [
          3, 4,
        ])
    }
  }

  /// Other programs read the manifest by these keys.
  @Test func theManifestIsPlainJSON() throws {
    try withScratchFolder { folder in
      let saved = try CheckpointStore(writingTo: folder, keep: 0).writeSample(step: 7)
      let json = try JSONSerialization.jsonObject(with: Data(readBytes(saved.path + "/manifest.json")))
      let manifest = try #require(json as? [String: Any])
      #expect(Set(manifest.keys) == ["format_version", "step", "files", "info"])
      #expect(manifest["step"] as? Int == 7 && manifest["format_version"] as? Int == 2)
      #expect(manifest["info"] as? [String: String] == ["preset": "dcgan64"])
      let files = try #require(manifest["files"] as? [String: [String: Any]])
      let model = try #require(files["model.safetensors"])
      #expect(model["bytes"] as? Int == (try readBytes(saved.path + "/model.safetensors")).count)
      #expect((model["sha256"] as? String)?.count == 64)
    }
  }

  @Test func equalCheckpointsAreEqualFiles() throws {
    try withScratchFolder { folder in
      let first = try CheckpointStore(writingTo: folder + "/a", keep: 0).writeSample(step: 1)
      let second = try CheckpointStore(writingTo: folder + "/b", keep: 0).writeSample(step: 1)
      for file in ["manifest.json", "model.safetensors", "optimizer.safetensors"] {
        #expect(try readBytes("\(first.path)/\(file)") == readBytes("\(second.path)/\(file)"))
      }
    }
  }

  @Test(arguments: [true, false]) func aRerunReplacesTheSameStep(_ canExchange: Bool) throws {
    try withScratchFolder { folder in
      var store = try CheckpointStore(writingTo: folder, keep: 0)
      store.canExchange = canExchange
      try store.writeSample(step: 100, value: 1)
      try store.writeSample(step: 100, value: 2)
      #expect(try Scratch.names(in: folder) == ["latest", "step-00000100"])
      #expect(try store.newestValid().valid?.sampleValue() == 2)
      // Damaged, or not even a folder: replaced just the same.
      try FileManager.default.removeItem(atPath: folder + "/step-00000100")
      try writeBytes([1], folder + "/step-00000100")
      try store.writeSample(step: 100, value: 3)
      #expect(try Scratch.names(in: folder) == ["latest", "step-00000100"])
      #expect(try store.newestValid().valid?.sampleValue() == 3)
    }
  }

  @Test func keepsTheNewest() throws {
    try withScratchFolder { folder in
      let store = try CheckpointStore(writingTo: folder, keep: 2)
      for step in [0, 100, 200] { try store.writeSample(step: step) }
      #expect(try store.steps() == [100, 200])
      #expect(try store.writeSample(step: 300).removed == ["step-00000100"])
      #expect(try store.steps() == [200, 300])
      #expect(try Scratch.names(in: folder) == ["latest", "step-00000200", "step-00000300"])
      let all = try CheckpointStore(writingTo: folder, keep: 0)
      for step in [400, 123_456_789] { #expect(try all.writeSample(step: step).removed.isEmpty) }
      #expect(try all.steps() == [200, 300, 400, 123_456_789])
      #expect(all.latest() == "step-123456789")
      let one = try CheckpointStore(writingTo: folder, keep: 1)
      #expect(try one.writeSample(step: 123_456_790).removed.count == 4)
      #expect(try Scratch.names(in: folder) == ["latest", "step-123456790"])
    }
  }

  /// A run that went back to an older checkpoint: later ones stay unless they are removed on purpose.
  @Test func goingBackLosesNothingUnasked() throws {
    try withScratchFolder { folder in
      let store = try CheckpointStore(writingTo: folder, keep: 2)
      for step in [100, 200, 300] { try store.writeSample(step: step) }
      #expect(try store.writeSample(step: 250).removed.isEmpty)
      #expect(store.latest() == "step-00000250")
      #expect(try store.steps() == [200, 250, 300])
      #expect(try store.removeNewer(than: 200) == ["step-00000250", "step-00000300"])
      #expect(store.latest() == "step-00000200")
      #expect(try store.removeNewer(than: 200).isEmpty)
      #expect(try Scratch.names(in: folder) == ["latest", "step-00000200"])
    }
  }

  @Test func clearsAwayWhatAKilledRunLeft() throws {
    try withScratchFolder { folder in
      let store = try CheckpointStore(writingTo: folder, keep: 0)
      try store.writeSample(step: 100)
      for left in [".step-00000200.tmp-4711", ".step-00000050.del-12", ".step-00000100.old-3"] {
        try FileManager.default.createDirectory(
          atPath: folder + "/" + left, withIntermediateDirectories: true)
        try writeBytes([1], folder + "/" + left + "/model.safetensors")
      }
      try writeBytes([1], folder + "/.latest.1abc.tmp")
      try writeBytes([1], folder + "/.step-note")
      let before = try Scratch.names(in: folder)
      _ = try CheckpointStore(readingFrom: folder).newestValid()
      #expect(try Scratch.names(in: folder) == before, "a reader changed the folder")
      _ = try CheckpointStore(writingTo: folder, keep: 0)
      #expect(try Scratch.names(in: folder) == [".step-note", "latest", "step-00000100"])
    }
  }

  @Test func putsLatestRight() throws {
    try withScratchFolder { folder in
      let store = try CheckpointStore(writingTo: folder, keep: 0)
      #expect(store.latest() == nil)
      for step in [100, 200] { try store.writeSample(step: step) }
      for wrong in ["step-00000100\n", "step-00000300\n", "", "nonsense"] {
        try writeBytes(Array(wrong.utf8), folder + "/latest")
        _ = try CheckpointStore(writingTo: folder, keep: 0)
        #expect(store.latest() == "step-00000200", "it held '\(wrong)'")
      }
    }
  }

  @Test func badPlacesAreErrors() throws {
    try withScratchFolder { folder in
      try writeBytes([1], folder + "/file")
      #expect(
        sentence { _ = try CheckpointStore(writingTo: folder + "/file/checkpoints", keep: 0) }
          == "cannot create \(folder)/file: File exists")
      #expect(try CheckpointStore(readingFrom: folder + "/none").newestValid().valid == nil)
      #expect(throws: FileError.self) { try CheckpointStore(readingFrom: folder + "/file").newestValid() }
      let store = try CheckpointStore(writingTo: folder + "/gone", keep: 0)
      try FileManager.default.removeItem(atPath: folder + "/gone")
      #expect(
        sentence { try store.writeSample(step: 1) }
          == "cannot write \(folder)/gone/step-00000001: its folder does not exist")
    }
  }

  @Test func infoThatIsNoJSONLeavesNothing() throws {
    try withScratchFolder { folder in
      let store = try CheckpointStore(writingTo: folder, keep: 0)
      let told = sentence { try store.write(step: 1, model: [], optimizer: [], info: ["loss": Double.nan]) }
      #expect(told?.contains("cannot be written as JSON") == true)
      #expect(try Scratch.names(in: folder).isEmpty)
    }
  }

  @Test func infoOfAnotherKindIsAnError() throws {
    try withScratchFolder { folder in
      let path = try CheckpointStore(writingTo: folder, keep: 0).writeSample(step: 1).path
      let checkpoint = try Checkpoint(validating: path)
      #expect(
        sentence { _ = try checkpoint.info(as: Info.self) }
          == "\(path)/manifest.json: 'info.slices' is missing")
      #expect(
        sentence { _ = try checkpoint.info(as: [String: Int].self) }
          == "\(path)/manifest.json: 'info.preset' is of another kind than is needed")
    }
  }
}
