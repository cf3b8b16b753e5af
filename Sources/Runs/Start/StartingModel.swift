import Checkpoints
import Cluster
import Configuration
import Files
import Foundation
import Models
import Options
import Reporting

/// The model whose weights a new run begins with (`--from`).
struct StartingModel {
  private let saved: SavedModel

  /// Finds what `--from` means; the path that is recorded is absolute. On rank 0 alone.
  /// - Parameter folder: what a relative path starts from.
  /// - Throws: as `SavedModel`.
  init(_ from: String, in folder: String) throws {
    let place = URL(fileURLWithPath: from, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
      .standardizedFileURL.path
    saved = try SavedModel(at: place, typed: from, by: "--from")
  }

  /// `given` with this model, and with its run's networks where no others were given; a flag such as `--size` changes
  /// that of them alone.
  /// - Throws: `RunError` where a file that was recorded has become another one; `FileError`.
  func taken(by given: GivenOptions) throws -> GivenOptions {
    var given = given
    let path = saved.path
    let hash = try FileDigest(of: path).sha256
    if let recorded = given.numbers.fromSHA256, recorded != hash {
      throw RunError(
        "--from: \(path) is not the file that these options were recorded with (its SHA-256 is \(hash), not \(recorded))"
      )
    }
    given.numbers.from = path
    given.numbers.fromSHA256 = hash
    guard let recorded = saved.recorded, given.architecture == nil, given.network.preset == nil else {
      return given
    }
    if recorded.preset != nil {
      given.network = Given(recorded.network).overridden(by: given.network)
    } else if given.network.isEmpty {
      given.architecture = recorded.architecture
    }
    return given
  }

  /// Sets the weights of a run's networks, on rank 0 alone, and says what was taken.
  /// - Throws: `RunError` where layers differ; errors of files.
  static func load(_ context: RunContext) throws {
    guard let path = context.options.from else { return }
    let fresh: [String]
    do {
      fresh = try StartingWeights.load(
        SafetensorsReader(path: path), into: context.adversaries,
        allowsMismatch: context.options.allowMismatch)
    } catch let error as ModelFileError {
      throw RunError("--from: \(error.description)", code: RunExit.usage)
    }
    context.log.info("the weights to begin with are those of \(path); the optimizers are new")
    if !fresh.isEmpty {
      context.log.warning(
        "layers that \(path) has not, or in another shape, begin fresh: \(fresh.joined(separator: ", "))")
    }
  }
}
