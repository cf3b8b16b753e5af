import ArgumentParser
import Cluster
import Models
import Wording

/// `dcgan-dist interpolate`.
struct InterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Walk from seed to seed, or from label to label: a GIF, a sheet, or files.",
    discussion: """
      The picture of each seed is that of 'generate --seeds'. Between two seeds z goes along the arc (slerp) where it \
      was drawn from N(0, 1) in training, and along the straight line where it was drawn from U[-1, 1). Labels and codes go \
      along the straight line.

      Examples:
        dcgan-dist interpolate --checkpoint runs/faces --seeds 1,5,9 --loop
        dcgan-dist interpolate --checkpoint runs/faces --frames 8 --out walk.png
        dcgan-dist interpolate --checkpoint runs/0002-cdcgan64 --seeds 5 \\
          --label hair=blonde,eyes=blue --label hair=black,eyes=blue
        dcgan-dist interpolate --checkpoint runs/faces --frames 60 --out frames
        ffmpeg -framerate 30 -i frames/frame-%04d.png -pix_fmt yuv420p walk.mp4
      """)

  @OptionGroup var generator: GeneratorOptions

  @Option(
    help: ArgumentHelp(
      "The seeds that the walk goes through, as 1,5,9. (default: 0-8; with several --label: 0)",
      valueName: "list"))
  var seeds: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "As generate's. Given once: for all seeds. Given once for each seed, or several times with one seed: the walk goes from label to label.",
      valueName: "group=class,..."))
  var label: [String] = []

  @Option(
    parsing: .unconditional, help: "Frames from one seed to the next. (default: 16)", transform: Parse.whole)
  var frames: Int?

  @Flag(help: "Return from the last seed to the first.")
  var loop = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Frames a second of a GIF. (default: 10)", valueName: "n"), transform: Parse.number)
  var fps: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw each pixel as a square of N x N. (default: 1)", valueName: "n"),
    transform: Parse.whole)
  var scale: Int?

  @Option(
    help: ArgumentHelp(
      "on: a sheet says from what to what each row goes. (default: on)", valueName: "on|off"),
    transform: Parse.onOff)
  var sheetLabels: Bool?

  @Option(
    help:
      "A .gif; a .png, a sheet with a row from each seed to the next; or a folder, with a PNG for each frame. (default: walk.gif)"
  )
  var out: String?

  @Flag(help: "Print what was written as one JSON object to standard output.")
  var json = false

  /// The request that was typed, free of the parser's types.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func request() throws -> InterpolateRequest {
    try InterpolateRequest(
      generator: try generator.choice(), seeds: try seeds.map { try SeedList($0, of: "--seeds").seeds },
      labels: label, frames: frames ?? 16, loops: loop, framesPerSecond: fps, scale: scale ?? 1,
      sheetLabels: sheetLabels ?? true, out: out ?? "walk.gif")
  }

  func run() throws {
    try onOneRank {
      let outcome = try Interpolation.run(try request())
      if json { return Output.program(outcome.json.json()) }
      Output.person("wrote \(outcome.out): \(counted(outcome.frames, "frame"))")
    }
  }
}
