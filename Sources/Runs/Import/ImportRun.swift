import Checkpoints
import Cluster
import Communication
import Configuration
import Files
import Foundation
import Models
import Options
import Reporting
import Tensors
import Training

/// An import that was asked for.
package struct ImportRequest {
  /// The files with the weights.
  package var files: [ImportFile]
  /// The path of a JSON file that says which tensor is which; nil: names and order say so.
  package var map: String?
  /// Networks and recipe.
  package var given: GivenOptions
  /// The folder of the run.
  package var out: String

  /// Creates a request from its parts.
  package init(files: [ImportFile], map: String?, given: GivenOptions, out: String) {
    self.files = files
    self.map = map
    self.given = given
    self.out = out
  }
}

/// What an import wrote.
package struct ImportSummary {
  /// The folder of the run.
  package let out: String
  /// What a person should know.
  package let notes: [String]
  let checkpoint: String
  let networks: String
  let files: [ImportedFile]

  /// The summary as one JSON object.
  package var json: String {
    ConfigurationValue.object([
      .init("run", .string(out)), .init("checkpoint", .string(checkpoint)),
      .init("networks", .string(networks)), .init("notes", .array(notes.map { .string($0) })),
      .init(
        "files",
        .array(files.map { .object([.init("path", .string($0.path)), .init("sha256", .string($0.sha256))]) })),
    ]).json()
  }
}

/// Makes a run of weights that another tool trained: a folder with `options.json` and a checkpoint of step 0, whose
/// optimizers are new and whose data is not known.
package enum ImportRun {
  /// Reads the files and writes the run's folder.
  /// - Parameters:
  ///   - folder: the current directory; relative paths start from it.
  ///   - notify: called at once with sentences for a person, as taking the folder may wait.
  /// - Throws: `RunError` for what does not fit, or a folder that holds a run; errors of files. No run is then left.
  package static func run(
    _ request: ImportRequest, in folder: String, notify: @escaping (String) -> Void
  ) throws -> ImportSummary {
    let options = try RunError.ofUsage {
      try RunError.ofData {
        try OptionsResolution.newRun(request.given, ranks: 1, out: request.out, relativeTo: folder)
      }
    }
    let owner = try RunOwner.claim(request.out, notify: notify)
    defer { owner.release() }
    let run = RunFolder(request.out)
    guard !run.holdsRun else {
      throw RunError("\(request.out) holds another run: give another --out")
    }
    let machine = try Machine.settle(threads: 1, on: SingleProcessCommunicator())
    let adversaries = try Adversaries(
      options.architecture, options.recipe, seed: options.seed, pool: ThreadPool(threads: 1))
    let notes = try ImportedWeights.load(request.files, map: request.map, into: adversaries)
    let files = try request.files.map { file in
      ImportedFile(
        path: URL(fileURLWithPath: file.path).standardizedFileURL.path,
        sha256: try FileDigest(of: file.path).sha256)
    }
    let info = CheckpointInfo(
      step: 0, seconds: 0, architecture: options.architecture.name, slices: options.slices,
      isa: machine.program.instructionSet, blasCore: machine.program.blasCore,
      version: machine.program.version, options: options.decidingNumbers,
      optionsSHA256: options.decidingNumbers.sha256, imported: files)
    let store = try CheckpointStore(writingTo: run.checkpoints, keep: options.keep)
    let saved = try store.write(
      step: 0, model: ModelFile.modelEntries(adversaries.networks),
      optimizer: ModelFile.optimizerEntries(adversaries.all), info: info)
    try AtomicFile.write(options.json(ranBy: machine.program), to: run.options)
    return ImportSummary(
      out: request.out, notes: notes, checkpoint: saved.path, networks: options.architecture.name,
      files: files)
  }
}
