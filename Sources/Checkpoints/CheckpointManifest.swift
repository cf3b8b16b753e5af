import Files
import Foundation

/// The content of `manifest.json`: the checkpoint's step, and the size and SHA-256 of each of its files.
///
/// The manifest is written last, so a checkpoint with a manifest was written completely. The caller's own information
/// (architecture, options, slices) is under `info`; `Checkpoint.info(as:)` reads it.
package struct CheckpointManifest: Codable, Equatable, Sendable {
  /// The version of the format of a checkpoint's folder. Version 1 has camelCase keys in its `info`.
  package let formatVersion: Int
  /// The step after which the checkpoint was taken.
  package let step: Int
  /// The size and hash of every other file of the folder, by its name.
  package let files: [String: FileDigest]

  static let fileName = "manifest.json"
  static let modelFile = "model.safetensors"
  static let optimizerFile = "optimizer.safetensors"
  static let currentVersion = 2

  private enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case step, files
  }

  init(step: Int, files: [String: FileDigest]) {
    formatVersion = Self.currentVersion
    self.step = step
    self.files = files
  }

  /// The file's bytes: JSON with sorted keys, so that equal checkpoints have equal manifests.
  /// - Parameter path: the checkpoint's path, for errors.
  /// - Throws: `CheckpointError` if `info` cannot be written as JSON.
  func encoded(info: some Encodable, path: String) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(Document(manifest: self, info: info))) + [UInt8(ascii: "\n")]
    } catch {
      throw CheckpointError.information(
        path: path, reason: "what goes with it cannot be written as JSON: \(error)")
    }
  }

  /// Reads the bytes of a manifest.
  /// - Throws: `CheckpointError` about the checkpoint at `path`.
  init(json: Data, path: String) throws {
    let decoder = JSONDecoder()
    let file = Self.fileName
    guard let version = try? decoder.decode(Version.self, from: json).formatVersion else {
      throw CheckpointError.damaged(path: path, reason: "\(file) is not the JSON of a manifest")
    }
    guard (1...Self.currentVersion).contains(version) else {
      throw CheckpointError.damaged(
        path: path,
        reason: "\(file) is of format \(version), and this program reads formats up to \(Self.currentVersion)"
      )
    }
    guard let manifest = try? decoder.decode(Self.self, from: json) else {
      throw CheckpointError.damaged(path: path, reason: "\(file) is not the JSON of a manifest")
    }
    for name in [Self.modelFile, Self.optimizerFile] where manifest.files[name] == nil {
      throw CheckpointError.damaged(path: path, reason: "\(file) does not name \(name)")
    }
    for name in manifest.files.keys where name.isEmpty || name.hasPrefix(".") || name.contains("/") {
      throw CheckpointError.damaged(
        path: path, reason: "\(file) names '\(name)', which is no file of a checkpoint")
    }
    self = manifest
  }

  /// The version is read first, as the other keys may differ between versions.
  private struct Version: Decodable {
    let formatVersion: Int

    private enum CodingKeys: String, CodingKey { case formatVersion = "format_version" }
  }

  private struct Document<Info: Encodable>: Encodable {
    let manifest: CheckpointManifest
    let info: Info

    private enum CodingKeys: String, CodingKey { case info }

    func encode(to encoder: any Encoder) throws {
      try manifest.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(info, forKey: .info)
    }
  }
}
