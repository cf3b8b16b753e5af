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
    // RUN/checkpoints/latest names the newest checkpoint.
    let name = AtomicFile.split(place).name
    let place = name == "latest" && !Folder.isFolder(place) ? AtomicFile.split(place).folder : place
    if Folder.isFolder(place) {
      guard let checkpoint = try CheckpointStore.find(at: place).valid else {
        throw RunError("\(option): \(typed) holds no valid checkpoint")
      }
      path = checkpoint.modelPath
    } else {
      path = place
    }
    recorded = try Self.optionsOfRun(around: path, from: Self.levels...Self.levels)
  }

  /// How many folders a model file lies below its run's: RUN/checkpoints/step-00000200/model.safetensors.
  private static let levels = 3

  /// The options of the run that a place names, as one names a model; no checkpoint is read. The folder of the run's
  /// checkpoints names it too.
  /// - Throws: `RunError` where there is no run, or its options cannot be read.
  package static func options(at place: String) throws -> RunOptions {
    guard Folder.exists(place) else { throw RunError("there is nothing at \(place)") }
    let first = Folder.isFolder(place) ? 0 : levels
    guard let options = try optionsOfRun(around: place, from: first...max(first, levels - 1)) else {
      throw RunError("\(place) is not within a run's folder")
    }
    return options
  }

  /// The options in the nearest run's folder among those that `place` lies so many levels below; nil: there is none.
  private static func optionsOfRun(around place: String, from levels: ClosedRange<Int>) throws -> RunOptions?
  {
    var folder = URL(fileURLWithPath: place).standardizedFileURL.path
    for level in 0...levels.upperBound {
      let options = RunFolder(folder).options
      if levels.contains(level), Folder.exists(options) {
        return try RunError.ofFile { try ConfigurationFile.recordedOptions(options) }
      }
      folder = AtomicFile.split(folder).folder
    }
    return nil
  }
}
