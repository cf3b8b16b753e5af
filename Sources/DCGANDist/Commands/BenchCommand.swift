import ArgumentParser
import Communication
import Foundation
import Training

/// `dcgan-dist bench`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the speed of a training step.",
    discussion: """
      Pictures and z are synthetic. Steps are timed after at least one to warm up; under mpirun, or with --ranks, all \
      ranks are measured together.

      Example:
        dcgan-dist bench --batch-size 128 --threads 2 --steps 7 --json
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Recipe") var recipe: RecipeOptions
  @OptionGroup(title: "Ranks") var rankOptions: RankOptions

  @Option(parsing: .unconditional, help: "Steps to time.", transform: Parse.whole)
  var steps = 7

  @Flag(help: "Print one JSON object, alone on standard output.")
  var json = false

  func run() throws {
    guard (1...1_000_000).contains(steps) else {
      throw RunError(
        "--steps must be a whole number from 1 to 1000000, and is \(steps)", code: ErrorReport.usage)
    }
    var arguments = TrainArguments()
    model.give(&arguments.flags)
    recipe.give(&arguments.flags)
    rankOptions.give(&arguments.flags)
    arguments.architectureFile = model.architecture
    let typed = arguments
    let code = try RankProcess.run(ranks: typed.flags.ranks) { communicator in
      let request = try decidedByRankZero(communicator) {
        let given = try typed.given()
        let options = try RunError.ofUsage {
          try OptionsResolution.newRun(
            given, ranks: communicator.size, out: "none", relativeTo: FileManager.default.currentDirectoryPath
          )
        }
        return BenchRequest(options: options, steps: steps)
      }
      let result = try TrainingEntry.bench(request, communicator: communicator)
      if communicator.isRoot { json ? Output.program(result.json) : Output.person(result.text) }
      return 0
    }
    if code != 0 { throw ExitCode(code) }
  }
}
