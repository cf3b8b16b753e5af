import Checkpoints
import Foundation
import Testing

@Suite struct CheckpointSearchTests {
  /// A run with checkpoints of steps 100, 200 and 300.
  static func withRun(_ body: (_ run: String, _ store: CheckpointStore) throws -> Void) throws {
    try withScratchFolder { folder in
      let store = try CheckpointStore(writingTo: folder + "/checkpoints", keep: 0)
      for step in [100, 200, 300] { try store.writeSample(step: step) }
      try body(folder, store)
    }
  }

  static func flip(_ path: String, at place: Int) throws {
    var bytes = try readBytes(path)
    bytes[place < 0 ? bytes.count + place : place] ^= 0x10
    try writeBytes(bytes, path)
  }

  static func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(old))
    try writeBytes(Array(text.replacingOccurrences(of: old, with: new).utf8), path)
  }

  typealias Damage = @Sendable (_ checkpoint: String) throws -> Void
  static let damages: [(does: Damage, says: String)] = [
    (
      { try flip($0 + "/model.safetensors", at: -1) },
      "model.safetensors: its SHA-256 does not match its manifest"
    ),
    ({ try flip($0 + "/optimizer.safetensors", at: 3) }, "optimizer.safetensors: its SHA-256 does not match"),
    (
      { #expect(truncate($0 + "/model.safetensors", 50) == 0) },
      "model.safetensors: it has 50 bytes and not the"
    ),
    (
      { #expect(truncate($0 + "/model.safetensors", 0) == 0) },
      "model.safetensors: it has 0 bytes and not the"
    ),
    (
      { try FileManager.default.removeItem(atPath: $0 + "/optimizer.safetensors") },
      "optimizer.safetensors: it is missing"
    ),
    ({ try FileManager.default.removeItem(atPath: $0 + "/manifest.json") }, "manifest.json is missing"),
    ({ #expect(truncate($0 + "/manifest.json", 40) == 0) }, "manifest.json is not the JSON of a manifest"),
    ({ #expect(truncate($0 + "/manifest.json", 0) == 0) }, "manifest.json is not the JSON of a manifest"),
    (
      { try edit($0 + "/manifest.json", "\"step\" : 300", "\"step\" : 301") },
      "manifest.json is that of step 301"
    ),
    (
      { try edit($0 + "/manifest.json", "\"format_version\" : 2", "\"format_version\" : 9") },
      "manifest.json is of format 9, and this program reads formats up to 2"
    ),
    (
      { try edit($0 + "/manifest.json", "\"optimizer.safetensors\"", "\"other.safetensors\"") },
      "manifest.json does not name optimizer.safetensors"
    ),
    (
      {
        try edit(
          $0 + "/manifest.json", "\"files\" : {",
          "\"files\" : { \"../x\" : { \"bytes\" : 1, \"sha256\" : \"00\" },")
      }, "manifest.json names '../x', which is no file of a checkpoint"
    ),
    (
      {
        try FileManager.default.removeItem(atPath: $0)
        try writeBytes([1], $0)
      }, "it is no folder"
    ),
  ]

  @Test(arguments: damages.indices) func passesOverADamagedOne(_ index: Int) throws {
    let damage = Self.damages[index]
    try Self.withRun { run, store in
      try damage.does(run + "/checkpoints/step-00000300")
      let found = try store.newestValid()
      #expect(found.valid?.step == 200)
      #expect(try found.valid?.sampleValue() == 200)
      let warning = try #require(found.warning)
      #expect(warning.hasPrefix("checkpoints/step-00000300 is damaged (\(damage.says)"), "\(warning)")
      #expect(warning.hasSuffix("); step-00000200 is the newest valid one"), "\(warning)")
      // The rerun of that step puts it right.
      try store.writeSample(step: 300)
      #expect(try store.newestValid().valid?.step == 300)
    }
  }

  @Test func tellsOfEveryDamagedOne() throws {
    try Self.withRun { run, store in
      let folder = run + "/checkpoints"
      for step in [100, 200, 300] {
        try FileManager.default.removeItem(atPath: folder + "/step-00000\(step)/model.safetensors")
      }
      let found = try store.newestValid()
      #expect(found.valid == nil && found.damaged.count == 3)
      let each = ["300", "200", "100"].map {
        "checkpoints/step-00000\($0) is damaged (model.safetensors: it is missing)"
      }
      let warning = each.joined(separator: ", and ") + "; no valid checkpoint is left in \(folder)"
      #expect(found.warning == warning)
      #expect(sentence { _ = try CheckpointStore.find(at: run) } == "\(run) holds no checkpoint: \(warning)")
    }
  }

  @Test func findsByEveryPathAPersonGives() throws {
    try Self.withRun { run, _ in
      for path in [run, run + "/", run + "/checkpoints", run + "/checkpoints/step-00000300"] {
        #expect(try CheckpointStore.find(at: path).valid?.step == 300, "\(path)")
      }
      #expect(try CheckpointStore.find(at: run + "/checkpoints/step-00000100/").valid?.step == 100)
      // A copy under a name of the user's.
      try FileManager.default.copyItem(atPath: run + "/checkpoints/step-00000200", toPath: run + "/best")
      #expect(try CheckpointStore.find(at: run + "/best").valid?.sampleValue() == 200)
    }
  }

  @Test func offersTheOneBeforeADamagedOne() throws {
    try Self.withRun { run, _ in
      let folder = run + "/checkpoints"
      try Self.flip(folder + "/step-00000200/model.safetensors", at: -1)
      #expect(
        sentence { _ = try CheckpointStore.find(at: folder + "/step-00000200") }
          == "\(folder)/step-00000200 is damaged (model.safetensors: its SHA-256 does not match its manifest; the "
          + "newest valid one before it is \(folder)/step-00000100)")
      try Self.flip(folder + "/step-00000100/model.safetensors", at: -1)
      #expect(
        sentence { _ = try CheckpointStore.find(at: folder + "/step-00000100") }
          == "\(folder)/step-00000100 is damaged (model.safetensors: its SHA-256 does not match its manifest)"
      )
    }
  }

  @Test func whatHoldsNoneIsAnError() throws {
    try withScratchFolder { folder in
      #expect(
        sentence { _ = try CheckpointStore.find(at: folder + "/none") }
          == "\(folder)/none holds no checkpoint: there is no such folder")
      #expect(
        sentence { _ = try CheckpointStore.find(at: folder) }
          == "\(folder) holds no checkpoint: neither it nor a folder 'checkpoints' in it has folders named like "
          + "step-00000200")
      try writeBytes([1], folder + "/file")
      #expect(
        sentence { _ = try CheckpointStore.find(at: folder + "/file") }
          == "\(folder)/file holds no checkpoint: it is no folder")
      #expect(
        sentence { _ = try CheckpointStore.find(at: folder + "/step-00000001") }
          == "\(folder)/step-00000001 holds no checkpoint: there is no such folder")
    }
  }

  @Test func otherNamesAreNoCheckpoints() throws {
    try Self.withRun { run, store in
      for name in ["step-1", "step-000000400", "step--0000001", "step-00000400.bak", "notes", "step-"] {
        try FileManager.default.createDirectory(
          atPath: "\(run)/checkpoints/\(name)", withIntermediateDirectories: true)
      }
      #expect(try store.steps() == [100, 200, 300])
      #expect(try store.newestValid().valid?.step == 300)
    }
  }
}
