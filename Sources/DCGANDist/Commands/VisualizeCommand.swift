import ArgumentParser
import Cluster
import Communication
import Evaluation
import Reporting
import Wording

/// `dcgan-dist visualize`.
struct VisualizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "visualize",
    abstract: "Show what filters of a discriminator see, or what a generator draws without some maps.",
    discussion: """
      For each filter of a convolution of D: the pictures of the data that excite it most, and below each what in it does, \
      by guided backpropagation (Springenberg et al. 2014), beside the same for a D with random weights.

      With --drop: G's pictures with and without an object, by dropping those of G's maps that draw it, as logistic \
      regression finds them (arXiv:1511.06434, section 6.3.1). It needs LIBLINEAR (on Debian or Ubuntu: liblinear-dev). \
      Both give the same result on any number of ranks.

      Examples:
        dcgan-dist visualize --checkpoint runs/cartoons --data faces
        dcgan-dist visualize --checkpoint runs/anime --data pictures/ --ranks 2 \\
          --layer 5 --filters 0-3,17 --out middle.png
        dcgan-dist visualize --checkpoint model.safetensors --preset dcgan64 \\
          --data pictures/ --raw filters.safetensors
        dcgan-dist visualize --drop --checkpoint runs/cartoons --object flower
        dcgan-dist visualize --drop --checkpoint runs/bedrooms --boxes windows.json
      """)

  @Option(
    help: ArgumentHelp(
      "A run's folder (its newest valid checkpoint), a checkpoint's, or a model.safetensors.",
      valueName: "path"))
  var checkpoint: String

  @Option(
    help: """
      A folder of pictures, searched recursively; an IDX file as MNIST's, plain or gzipped; or 'faces', which are drawn. \
      Needed without --drop.
      """)
  var data: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Draw each pixel as a square of N x N. (default: such that pictures are \(FilterRequest.leastSide) wide or more; with --drop 2)",
      valueName: "n"), transform: Parse.whole)
  var scale: Int?

  @Option(help: "The sheet's file, a PNG. (default: filters.png; with --drop drop.png)")
  var out: String?

  @Flag(help: "Print what was found as one JSON object to standard output.")
  var json = false

  @OptionGroup(title: "Filters") var filters: FilterOptions
  @OptionGroup(title: "Forgetting an object") var dropping: DropOptions
  @OptionGroup(title: "Ranks") var ranks: TaskRankOptions
  @OptionGroup(title: "Networks, if --checkpoint is a file with no run around it") var model: ModelOptions

  /// The request for filters that was typed, free of the parser's types.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func request() throws -> FilterRequest {
    guard let data else {
      throw RunError(
        "--data names the pictures that excite filters, and is missing: give it, or --drop to make G forget an object",
        code: RunExit.usage)
    }
    return try FilterRequest(
      checkpoint: checkpoint, architecture: try model.networksIfGiven()?.architecture,
      data: PictureSource(data: data), layer: filters.layer, filters: filters.filters,
      pictures: filters.pictures ?? 5, seed: filters.seed ?? 1, scale: scale, out: out ?? "filters.png",
      raw: filters.raw, threads: try ranks.checkedThreads)
  }

  /// The request for a drop that was typed, free of the parser's types; nil: for filters.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func dropRequest() throws -> DropRequest? {
    let request = try dropping.request(
      checkpoint: checkpoint, networks: try model.networksIfGiven(), layer: filters.layer, scale: scale,
      out: out, threads: try ranks.checkedThreads)
    let others = [
      ("--data", data != nil), ("--filters", filters.filters != nil), ("--pictures", filters.pictures != nil),
      ("--seed", filters.seed != nil), ("--raw", filters.raw != nil),
    ].filter(\.1).map(\.0)
    guard request == nil || others.isEmpty else {
      throw RunError(
        "\(listed(others, with: "and")) and --drop were given together: the first \(others.count == 1 ? "is" : "are") for D's "
          + "filters, and --drop is about G", code: RunExit.usage)
    }
    return request
  }

  func run() throws {
    if let request = try dropRequest() { return try run(request) }
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

  private func run(_ request: DropRequest) throws {
    let code = try RankProcess.run(ranks: try ranks.checkedRanks) { communicator in
      let report = try WindowDrop.run(
        request, on: communicator, console: communicator.isRoot ? .standardError : nil)
      if communicator.isRoot {
        if json { Output.program(report.json.json()) } else { report.lines.forEach(Output.person) }
      }
      return 0
    }
    if code != 0 { throw ExitCode(code) }
  }
}
