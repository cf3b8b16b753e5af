import Cluster
import Files
import Networks
import Recipes

/// Pictures that were asked for.
package struct GenerateRequest: Equatable, Sendable {
  /// How the pictures are put into files.
  package enum Layout: Equatable, Sendable {
    /// One sheet of this many columns and rows, filled row by row.
    case grid(columns: Int, rows: Int)
    /// The one picture, without a border.
    case single
    /// One file for each picture, such as `seed-00000007.png`, in the folder.
    case separate
  }
  /// A run's folder, a checkpoint's, or a `model.safetensors`.
  package var checkpoint: String
  /// The networks, for a `model.safetensors` with no run around it; nil: the run's own.
  package var architecture: Architecture?
  /// How z is drawn, for networks with no run around them; nil: as the preset of their name has it, or else normal.
  package var latent: LatentDistribution?
  /// The seed of each picture's z; at least one. With `latents` the numbers of the pictures.
  package var seeds: [UInt64]
  /// A safetensors file with G's inputs, as `raw` has them, in place of seeds and labels; nil: seeds decide.
  package var latents: String?
  /// Whether to take the average of G's weights over its training; nil: take it where the file has one.
  package var average: Bool?
  /// What `--label` asks for, as it was typed; nil: the seeds decide classes and codes.
  package var label: String?
  /// How the pictures are put into files.
  package var layout: Layout
  /// Whether a sheet names what all its pictures, its rows and its columns have in common.
  package var sheetLabels: Bool
  /// Whether a sheet has the seed of each picture below it.
  package var numbered: Bool
  /// The path of the output: a folder for separate pictures, else a file.
  package var out: String
  /// The safetensors file for G's inputs and pictures in float32; nil: none is written.
  package var raw: String?
  /// Threads; nil: as many as this process may use.
  package var threads: Int?

  /// Creates a request from its parts.
  package init(
    checkpoint: String, architecture: Architecture? = nil, latent: LatentDistribution? = nil, seeds: [UInt64],
    latents: String? = nil, label: String? = nil,
    average: Bool? = nil,
    layout: Layout, sheetLabels: Bool = true, numbered: Bool = false, out: String, raw: String? = nil,
    threads: Int? = nil
  ) {
    self.checkpoint = checkpoint
    self.architecture = architecture
    self.latent = latent
    self.seeds = seeds
    self.latents = latents
    self.label = label
    self.average = average
    self.layout = layout
    self.sheetLabels = sheetLabels
    self.numbered = numbered
    self.out = out
    self.raw = raw
    self.threads = threads
  }
}

extension GenerateRequest {
  /// The generator that is to make the pictures.
  var generator: GeneratorChoice {
    GeneratorChoice(
      checkpoint: checkpoint, architecture: architecture, latent: latent, average: average, threads: threads)
  }

  /// Checks that `out` is a folder for separate pictures, and else a file.
  /// - Throws: `RunError` with code 64.
  func checkOut() throws {
    let isFolder = Folder.isFolder(out)
    let isNamedAsPicture = [".png", ".jpg", ".jpeg", ".gif"].contains(where: out.lowercased().hasSuffix)
    if layout == .separate, !isFolder, isNamedAsPicture {
      throw RunError(
        "--separate writes a file for each picture into the folder --out, and \(out) is a picture's name: name a folder, "
          + "or leave --separate out", code: RunExit.usage)
    }
    if layout != .separate, isNamedAsPicture, !out.lowercased().hasSuffix(".png") {
      throw RunError(
        "--out \(out): the sheet is written as PNG, so its name must end in .png", code: RunExit.usage)
    }
    if layout != .separate, isFolder {
      throw RunError(
        "--out \(out) is a folder, and the pictures go into one file: name a file in it, or give --separate",
        code: RunExit.usage)
    }
  }
}
