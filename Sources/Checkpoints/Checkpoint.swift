import Files
import Foundation

/// A checkpoint whose files were all checked and are as they were written.
///
/// What its folder holds, and who writes it:
/// - `model.safetensors`: weights, running averages and batch counters of G, D, D's heads and G's average, by PyTorch's
///   names (`Models/Files/ModelFile`);
/// - `optimizer.safetensors`: Adam's moments m and v of each weight, and its count of updates (`ModelFile`);
/// - `manifest.json`: the step, the size and SHA-256 of both, and under `info` what a resume needs besides
///   (`Runs/Outputs/CheckpointInfo`): training time, slices, plans, data, the options that decide numbers.
///
/// Nothing else is needed: random numbers and the order of the data are functions of seed and step.
package struct Checkpoint: Sendable {
  /// The path of its folder.
  package let path: String
  /// Its manifest.
  package let manifest: CheckpointManifest
  private let manifestBytes: Data

  /// The step after which it was taken.
  package var step: Int { manifest.step }
  /// The folder's name, `step-00000200`.
  package var name: String { AtomicFile.split(path).name }
  /// The path of the file with the weights of both networks.
  package var modelPath: String { "\(path)/\(CheckpointManifest.modelFile)" }
  /// The path of the file with the states of the optimizers.
  package var optimizerPath: String { "\(path)/\(CheckpointManifest.optimizerFile)" }

  /// Opens the checkpoint at `path`. All its files are read, and their sizes and SHA-256 are compared with its
  /// manifest.
  /// - Throws: `CheckpointError` that says which file differs and how.
  package init(validating path: String) throws {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    guard Folder.isFolder(path) else {
      throw CheckpointError.absent(
        path: path, reason: Folder.exists(path) ? "it is no folder" : "there is no such folder")
    }
    let file = CheckpointManifest.fileName
    guard Folder.exists("\(path)/\(file)") else {
      throw CheckpointError.damaged(path: path, reason: "\(file) is missing")
    }
    do {
      manifestBytes = try Self.smallFile("\(path)/\(file)")
    } catch let error as FileError {
      throw CheckpointError.damaged(path: path, reason: error.description)
    }
    manifest = try CheckpointManifest(json: manifestBytes, path: path)
    self.path = path
    if let step = CheckpointName.step(of: name), step != manifest.step {
      throw CheckpointError.damaged(path: path, reason: "\(file) is that of step \(manifest.step)")
    }
    for (name, digest) in manifest.files.sorted(by: { $0.key < $1.key }) {
      if let difference = Self.difference(of: "\(path)/\(name)", from: digest) {
        throw CheckpointError.damaged(path: path, reason: "\(name): \(difference)")
      }
    }
  }

  /// The caller's own information, which is under `info` in the manifest.
  /// - Throws: `CheckpointError` that names the first key that is missing or of another type.
  package func info<Info: Decodable>(as _: Info.Type = Info.self) throws -> Info {
    do {
      return try JSONDecoder().decode(InfoDocument<Info>.self, from: manifestBytes).info
    } catch let error as DecodingError {
      throw CheckpointError.information(path: path, reason: Self.sentence(error))
    }
  }

  /// Opens the file with the weights.
  /// - Throws: `FileError`, `SafetensorsError`.
  package func openModel() throws -> SafetensorsReader { try SafetensorsReader(path: modelPath) }

  /// Opens the file with the optimizers' states.
  /// - Throws: `FileError`, `SafetensorsError`.
  package func openOptimizer() throws -> SafetensorsReader { try SafetensorsReader(path: optimizerPath) }

  /// How the file at `path` differs from what was written; nil if it does not.
  private static func difference(of path: String, from digest: FileDigest) -> String? {
    guard Folder.exists(path) else { return "it is missing" }
    do {
      // The size first: a file that was cut short is found without reading it.
      let size = try InputFile(path: path).size
      if size != digest.bytes { return "it has \(size) bytes and not the \(digest.bytes) of its manifest" }
      return try FileDigest(of: path) == digest ? nil : "its SHA-256 does not match its manifest"
    } catch {
      return "\(error)"
    }
  }

  private static func smallFile(_ path: String) throws -> Data {
    let file = try InputFile(path: path)
    // A manifest has some kilobytes. A far larger file is not a manifest, and only its start is read.
    var data = Data(count: min(file.size, 64 << 20))
    let count = try data.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return data.prefix(count)
  }

  private static func sentence(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
    return switch error {
    case .keyNotFound(let key, let context): "'\(place(context.codingPath + [key]))' is missing"
    case .valueNotFound(_, let context): "'\(place(context.codingPath))' is null"
    case .typeMismatch(_, let context): "'\(place(context.codingPath))' is of another kind than is needed"
    case .dataCorrupted(let context):
      "'\(place(context.codingPath))' cannot be used: \(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }
}

/// The part of a manifest that only the caller can read.
private struct InfoDocument<Info: Decodable>: Decodable { let info: Info }
