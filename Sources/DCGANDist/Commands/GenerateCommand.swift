import ArgumentParser
import Cluster
import Foundation
import Models
import Recipes
import Runs

/// `dcgan-dist generate`.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make pictures with a trained generator.",
    discussion: """
      Each picture is a function of its seed and the weights alone. Without --count and --seeds there are as many as \
      the grid has places, or 64.

      Examples:
        dcgan-dist generate --checkpoint runs/0001-dcgan64 --grid 8x8
        dcgan-dist generate --checkpoint runs/faces --numbered    to pick seeds
        dcgan-dist generate --checkpoint runs/faces/checkpoints/step-00000500 \\
          --seeds 0-63,99 --separate --out faces
        dcgan-dist generate --checkpoint model.safetensors --preset dcgan64 \\
          --count 4 --raw faces.safetensors
        dcgan-dist generate --checkpoint runs/0001-dcgan64 --latents faces.safetensors
        dcgan-dist generate --checkpoint runs/0002-cdcgan64 --label hair=blonde,eyes=blue --grid 8x8
        dcgan-dist generate --checkpoint runs/0002-cdcgan64 --help    with the labels of that run
      """)

  @Option(
    help: ArgumentHelp(
      "A run's folder (its newest valid checkpoint), a checkpoint's, or a model.safetensors.",
      valueName: "path"))
  var checkpoint: String

  @Option(
    parsing: .unconditional, help: "The number of pictures; their seeds count up from 0.",
    transform: Parse.whole)
  var count: Int?

  @Option(help: ArgumentHelp("The seeds of the pictures, as 0-63,99.", valueName: "list"))
  var seeds: String?

  @Option(
    help: ArgumentHelp(
      "The class of each label group, as digit=3 or hair=blonde,eyes=blue; of InfoGAN's codes c1=3,c2=-0.5. The seed decides groups and codes that are left out.",
      valueName: "group=class,..."))
  var label: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Use the average of G's weights (recipe.generator_average). (default: on where the file has one)")
  var average: Bool?

  @Option(
    help: ArgumentHelp(
      "One sheet of so many pictures across and down. (default: as nearly square as possible; one picture alone has no border)",
      valueName: "CxR"))
  var grid: String?

  @Option(
    help: ArgumentHelp(
      "on: a sheet says which label or code all its pictures, a row or a column has. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var sheetLabels: Bool?

  @Flag(help: "Write the seed of each picture below it on the sheet, to pick seeds from.")
  var numbered = false

  @Flag(help: "Write each picture to a file of its own instead of a sheet.")
  var separate = false

  @Option(
    help: "The sheet's file, or the folder of separate pictures. (default: generated.png, or generated)")
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Also write z [N,Z,1,1], codes [N,C] and labels [N,K], where G takes them, and pictures [N,C,H,W] in float32, in the range of G's output.",
      valueName: "file.safetensors"))
  var raw: String?

  @Option(
    help: ArgumentHelp(
      "Make the pictures of the z, codes and labels in this file, as --raw writes them, in place of those of seeds.",
      valueName: "file.safetensors"))
  var latents: String?

  @Option(
    parsing: .unconditional, help: "Threads. (default: what this process may use)", transform: Parse.whole)
  var threads: Int?

  @OptionGroup(title: "Networks, if --checkpoint is a file with no run around it") var model: ModelOptions

  /// The request that was typed, free of the parser's types.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func request() throws -> GenerateRequest {
    if let threads, !(1...1_024).contains(threads) {
      throw RunError(
        "--threads must be a whole number from 1 to 1024, and is \(threads)", code: RunExit.usage)
    }
    guard !separate || grid == nil else {
      throw RunError(
        "--grid and --separate were both given: pictures go into one sheet or into files of their own",
        code: RunExit.usage)
    }
    guard !separate || !numbered else {
      throw RunError(
        "--numbered and --separate were both given: the names of separate files have the seeds already",
        code: RunExit.usage)
    }
    let shape = try grid.map { try PictureGrid($0) }
    let seeds =
      try latents.map { try seedsOfLatents($0) }
      ?? SeedList(seeds: self.seeds, count: count, places: shape?.places).seeds
    let out = out ?? (separate ? "generated" : "generated.png")
    let layout: GenerateRequest.Layout
    if separate {
      layout = .separate
    } else if seeds.count == 1, !numbered, shape.map({ $0.places == 1 }) ?? true {
      layout = .single
    } else {
      let grid = shape ?? PictureGrid(holding: seeds.count)
      guard seeds.count <= grid.places else {
        throw RunError(
          "\(seeds.count) pictures do not fit into --grid \(grid.columns)x\(grid.rows), which has "
            + "\(grid.places) places", code: RunExit.usage)
      }
      layout = .grid(columns: grid.columns, rows: grid.rows)
    }
    let networks = try model.networksIfGiven()
    return GenerateRequest(
      checkpoint: checkpoint, architecture: networks?.architecture, latent: networks?.latent,
      seeds: seeds, latents: latents, label: label, average: average, layout: layout,
      sheetLabels: sheetLabels ?? true, numbered: numbered, out: out, raw: raw, threads: threads)
  }

  /// Numbers for the pictures of `--latents`.
  private func seedsOfLatents(_ path: String) throws -> [UInt64] {
    for (option, isGiven) in [
      ("--seeds", seeds != nil), ("--count", count != nil), ("--label", label != nil),
    ] where isGiven {
      throw RunError(
        "--latents and \(option) were both given, and each says which pictures: leave one out",
        code: RunExit.usage)
    }
    return try (0..<RawPictures.count(path)).map(UInt64.init)
  }

  func run() throws {
    try onOneRank {
      for file in try Generation.run(try request()) { Output.person("wrote \(file)") }
    }
  }
}
