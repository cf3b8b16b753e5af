import ArgumentParser
import Cluster
import Communication
import Evaluation
import Reporting

/// `dcgan-dist visualize`.
struct VisualizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "visualize",
    abstract: "Show what filters of a discriminator see, beside one with random weights.",
    discussion: """
      For each filter of a convolution of D: the pictures of the data that excite it most, and below each what in it does, \
      by guided backpropagation (Springenberg et al. 2014). The result is the same on any number of ranks.

      Examples:
        dcgan-dist visualize --checkpoint runs/faces --data faces
        dcgan-dist visualize --checkpoint runs/anime --data pictures/ --ranks 2 \\
          --layer 5 --filters 0-3,17 --out middle.png
        dcgan-dist visualize --checkpoint model.safetensors --preset dcgan64 \\
          --data pictures/ --raw filters.safetensors
      """)

  @Option(
    help: ArgumentHelp(
      "A run's folder (its newest valid checkpoint), a checkpoint's, or a model.safetensors.",
      valueName: "path"))
  var checkpoint: String

  @Option(
    help:
      "A folder of pictures, searched recursively; an IDX file as MNIST's, plain or gzipped; or 'faces', which are drawn."
  )
  var data: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draw each pixel as a square of N x N. (default: such that pictures are \(FilterRequest.leastSide) wide or more)",
      valueName: "n"), transform: Parse.whole)
  var scale: Int?

  @Option(help: "The sheet's file, a PNG. (default: filters.png)")
  var out: String?

  @Flag(help: "Print what was found as one JSON object to standard output.")
  var json = false

  @OptionGroup(title: "Filters") var filters: FilterOptions
  @OptionGroup(title: "Ranks") var ranks: TaskRankOptions
  @OptionGroup(title: "Networks, if --checkpoint is a file with no run around it") var model: ModelOptions

  /// The request that was typed, free of the parser's types.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func request() throws -> FilterRequest {
    try FilterRequest(
      checkpoint: checkpoint, architecture: try model.networksIfGiven()?.architecture,
      data: PictureSource(data: data), layer: filters.layer, filters: filters.filters,
      pictures: filters.pictures ?? 5, seed: filters.seed ?? 1, scale: scale, out: out ?? "filters.png",
      raw: filters.raw, threads: try ranks.checkedThreads)
  }

  func run() throws {
    let request = try request()
    let count = try ranks.checkedRanks
    // A mistake in what was typed is told before any ranks are started.
    if LaunchEnvironment.current == nil, (count ?? 1) > 1 { try FilterVisualization.check(request) }
    let code = try RankProcess.run(ranks: count) { communicator in
      let outcome = try FilterVisualization.run(
        request, on: communicator, console: communicator.isRoot ? .standardError : nil)
      if let outcome {
        if json { Output.program(outcome.json.json()) } else { outcome.lines.forEach(Output.person) }
      }
      return 0
    }
    if code != 0 { throw ExitCode(code) }
  }
}
