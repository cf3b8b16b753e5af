import Checkpoints
import Cluster
import Configuration
import Files
import Foundation
import Options
import Reporting

/// A model that a person named: by a run's folder (its newest valid checkpoint), a checkpoint's, or a
/// `model.safetensors`.
package struct SavedModel {
  /// The path of its `model.safetensors`; relative where the place was.
  package let path: String
  /// The options of the run that it is of; nil: it lies in no run's folder.
  package let recorded: RunOptions?

  /// Finds the model. On rank 0 alone.
  /// - Parameters:
  ///   - place: the path of the run, checkpoint or file.
  ///   - typed: the place as it was typed, for messages.
  ///   - option: the option that named it, for messages: `--from`.
  /// - Throws: `RunError`, also for a run whose options cannot be read; `CheckpointError` where no checkpoint is valid;
  ///   `FileError`.
  package init(at place: String, typed: String, by option: String) throws {
    guard Folder.exists(place) else { throw RunError("\(option): there is nothing at \(typed)") }
    if Folder.isFolder(place) {
      guard let checkpoint = try CheckpointStore.find(at: place).valid else {
        throw RunError("\(option): \(typed) holds no valid checkpoint")
      }
      path = checkpoint.modelPath
    } else {
      path = place
    }
    // RUN/checkpoints/step-00000200/model.safetensors
    let run = (0..<3).reduce(URL(fileURLWithPath: path).standardizedFileURL.path) { inner, _ in
      AtomicFile.split(inner).folder
    }
    let options = RunFolder(run).options
    recorded =
      Folder.exists(options) ? try RunError.ofFile { try ConfigurationFile.recordedOptions(options) } : nil
  }
}
