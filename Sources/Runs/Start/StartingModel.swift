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
  /// The absolute path of its `model.safetensors`.
  let path: String
  /// The options of the run that it is of; nil: it lies in no run's folder.
  let recorded: RunOptions?

  /// Finds what `--from` means: a run's folder (its newest valid checkpoint), a checkpoint's, or a model file. On rank 0
  /// alone.
  /// - Throws: `RunError`, `CheckpointError`.
  init(_ from: String, in folder: String) throws {
    let place = URL(fileURLWithPath: from, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
      .standardizedFileURL.path
    guard Folder.exists(place) else { throw RunError("--from: there is nothing at \(from)") }
    if Folder.isFolder(place) {
      guard let checkpoint = try CheckpointStore.find(at: place).valid else {
        throw RunError("--from: \(from) holds no valid checkpoint")
      }
      path = checkpoint.modelPath
    } else {
      path = place
    }
    // RUN/checkpoints/step-00000200/model.safetensors
    let run = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let options = RunFolder(run.path).options
    recorded =
      Folder.exists(options) ? try RunError.ofFile { try ConfigurationFile.recordedOptions(options) } : nil
  }

  /// `given` with this model, and with its run's networks where no others were given.
  /// - Throws: `RunError` where a file that was recorded has become another one; `FileError`.
  func taken(by given: GivenOptions) throws -> GivenOptions {
    var given = given
    let hash = try FileDigest(of: path).sha256
    if let recorded = given.numbers.fromSHA256, recorded != hash {
      throw RunError(
        "--from: \(path) is not the file that these options were recorded with (its SHA-256 is \(hash), not \(recorded))"
      )
    }
    given.numbers.from = path
    given.numbers.fromSHA256 = hash
    guard let recorded, given.architecture == nil, given.network.isEmpty else { return given }
    if recorded.preset == nil {
      given.architecture = recorded.architecture
    } else {
      given.network = Given(recorded.network)
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
