import Checkpoints
import Cluster
import Configuration
import Files
import Networks

/// A file to import weights from.
package struct ImportFile: Equatable, Sendable {
  /// Its path.
  package var path: String
  /// The network whose weights it holds; nil: the names in it say so.
  package var role: NetworkRole?

  /// Creates a value from its parts.
  package init(_ path: String, of role: NetworkRole? = nil) {
    self.path = path
    self.role = role
  }

  /// Opens the file.
  /// - Throws: `RunError` where it is of another kind, `SafetensorsError` where it is damaged, `FileError`.
  func open() throws -> SafetensorsReader {
    do {
      let reader = try SafetensorsReader(path: path)
      guard !reader.tensors.isEmpty else { throw RunError("\(path) holds no tensors") }
      return reader
    } catch let error as SafetensorsError {
      throw try otherKind() ?? error
    }
  }

  /// An error for a file that is known, and no safetensors; nil: it is of no kind that is known.
  private func otherKind() throws -> (any Error)? {
    let file = try InputFile(path: path)
    var head = [UInt8](repeating: 0, count: min(4, file.size))
    _ = try head.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    if head.isEmpty { return RunError("\(path) is empty") }
    let isKeras = path.hasSuffix(".keras") || head == [0x89] + Array("HDF".utf8)
    if isKeras {
      return RunError(
        "\(path) is a file of Keras, and import takes safetensors: scripts/keras-to-safetensors \(path) makes one of it"
      )
    }
    // PyTorch's files are archives of zip, and were plain pickles before version 1.6.
    let isTorch =
      head == Array("PK".utf8) + [3, 4] || (head[0] == 0x80 && (2...5).contains(head.dropFirst().first ?? 0))
    return isTorch
      ? RunError(
        "\(path) is a file of torch.save, and import takes safetensors: scripts/pth-to-safetensors \(path) makes one of it"
      )
      : nil
  }
}

/// Which tensor of a file is which of ours, as `--map` has it: a JSON object of our names and the file's. Names are those
/// of tensors (`generator.main.0.weight`) or of layers (`generator.main.0`).
struct ImportMap {
  /// The file's name of each of ours.
  let names: [String: String]
  /// The path of the file of `--map`; empty where there is none.
  let path: String

  /// Reads the file at `path`; nil: there is none, and nothing is mapped.
  /// - Throws: `RunError` where it is no such object.
  init(_ path: String?) throws {
    self.path = path ?? ""
    guard let path else {
      names = [:]
      return
    }
    guard case .object(let members) = try RunError.ofFile({ try ConfigurationFile.read(path) }) else {
      throw RunError("--map: \(path) is not a JSON object of names: {\"generator.main.0\": \"conv1\", ...}")
    }
    var names: [String: String] = [:]
    for member in members {
      guard case .string(let name) = member.value else {
        throw RunError("--map: \(path) gives \(member.key) something else than a name")
      }
      names[member.key] = name
    }
    self.names = names
  }
}
