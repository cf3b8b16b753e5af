import ArgumentParser
import Cluster
import Diagnostics
import Foundation
import Options
import Recipes
import Runs

/// `dcgan-dist bench`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the speed of a training step, of its layers, and of the machine.",
    discussion: """
      Pictures and z are synthetic. Steps are timed after at least one to warm up; under mpirun, or with --ranks, all \
      ranks are measured together. --layers and --roofline report rank 0's figures, measured while all ranks work.

      --json prints one object; where --threads lists several counts, or --preset is 'all' (each preset in turn), an \
      array of them.

      Examples:
        dcgan-dist bench --batch-size 128 --threads 2 --steps 7 --json
        dcgan-dist bench --threads 2 --layers
        dcgan-dist bench --preset all --threads 1,2
        dcgan-dist bench --roofline --threads 1,2
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Recipe") var recipe: RecipeOptions
  @OptionGroup(title: "Ranks") var rankOptions: RankOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads of each rank; several counts, as 1,2, are measured in turn. (default: what a rank may use)",
      valueName: "n,n"),
    transform: Parse.wholes)
  var threads: [Int]?

  @Option(parsing: .unconditional, help: "Steps to time.", transform: Parse.whole)
  var steps = 7

  @Flag(
    help: """
      Also print, for each layer and pass, milliseconds and share of a step, operations a second (counted as direct \
      convolution) and the plan, and measure what the machine can do.
      """)
  var layers = false

  @Flag(
    help: """
      Measure only what the machine can do: multiply-adds, matrix products, memory. With --layers, a training step is \
      measured too.
      """)
  var roofline = false

  @Flag(help: "Print one JSON object, or an array of several, alone on standard output.")
  var json = false

  func run() throws {
    guard (1...1_000_000).contains(steps) else {
      throw RunError(
        "--steps must be a whole number from 1 to 1000000, and is \(steps)", code: RunExit.usage)
    }
    if model.preset == Self.allPresets, model.architecture != nil {
      throw RunError(
        "--preset all and --architecture were both given, and each says which networks: leave one out",
        code: RunExit.usage)
    }
    let code = try RankProcess.run(ranks: rankOptions.ranks) { communicator in
      let asked = try decidedByRankZero(communicator) { try requests(ranks: communicator.size) }
      if roofline, !layers {
        let found = try Bench.roofline(threads: threadCounts, communicator: communicator)
        if communicator.isRoot { tell(found, asList: threadCounts.count > 1) }
      } else {
        let results = try Bench.run(asked, communicator: communicator)
        let isList = threadCounts.count > 1 || model.preset == Self.allPresets
        if communicator.isRoot { tell(results, asList: isList) }
      }
      return 0
    }
    if code != 0 { throw ExitCode(code) }
  }

  private static let allPresets = "all"
  /// The numbers of threads that are measured in turn; nil: as many as a rank may use.
  private var threadCounts: [Int?] { threads.map { $0.map(Optional.some) } ?? [nil] }

  /// The measurements in turn: each preset with each number of threads. On rank 0 alone, as it reads files and tells of
  /// them.
  private func requests(ranks: Int) throws -> [BenchRequest] {
    let presets = model.preset == Self.allPresets ? Preset.all.map(\.name) : [model.preset]
    return try presets.flatMap { preset in
      try threadCounts.map { count in
        var arguments = TrainArguments()
        for flags in [model, recipe, rankOptions] as [any OptionFlags] { try flags.give(&arguments) }
        arguments.flags.preset = preset
        arguments.flags.threads = count
        let given = try arguments.given()
        let options = try RunError.ofUsage {
          try OptionsResolution.newRun(
            given, ranks: ranks, out: "none", relativeTo: FileManager.default.currentDirectoryPath)
        }
        if count == threadCounts[0],
          let notice = given.recipeNotice(ofNewRun: options, takesConfig: false)
        {
          Output.person(notice)
        }
        return BenchRequest(options: options, steps: steps, layers: layers)
      }
    }
  }

  /// Prints the results. With `--json` it prints one object, or an array where a list was asked for, even a
  /// list of one.
  private func tell(_ results: [some BenchFigures], asList isList: Bool) {
    guard json else { return Output.person(results.map(\.text).joined(separator: "\n\n")) }
    guard !isList, let only = results.first else { return Output.program(results.json) }
    Output.program(only.json)
  }
}
