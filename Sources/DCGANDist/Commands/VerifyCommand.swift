import ArgumentParser
import Cluster
import Communication
import Diagnostics
import Foundation
import Recipes
import Runs

/// `dcgan-dist verify`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Train a few steps on 1, 2, 4 ... ranks and compare all state to the bit.",
    discussion: """
      After each step weights, optimizer state, running averages, losses and gradient norms of each number of ranks are \
      compared with those of the first; the first difference is named by step and tensor, with exit code 1. All \
      numbers of ranks cut the batch into the same number of slices, the largest that any of them needs. Ranks that do \
      not fit, such as 3, run too, by --reduction fast; a difference is then no error. Nothing is written to the disk.

      --threads, --bucket-mb and --overlap take lists as well: the first value is used for all runs; each other value is tried \
      on the largest number of ranks that fits.

      mpirun starts the largest number of ranks in --ranks, once; under your own mpirun its ranks are used. Without --data \
      pictures are synthetic.

      Examples:
        dcgan-dist verify --ranks 1,2,4,8 --steps 30 --width 16
        dcgan-dist verify --ranks 1,2 --threads 1,2 --bucket-mb 2,0.25 --overlap on,off
        mpirun -np 4 dcgan-dist verify --ranks 1,2,4 --data pictures/
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Numbers of ranks. (default: 1,2; under mpirun the powers of two up to its ranks)", valueName: "n,n"),
    transform: Parse.wholes)
  var ranks: [Int]?

  @Option(parsing: .unconditional, help: "Steps of each.", transform: Parse.whole)
  var steps = VerifyArguments.defaultSteps

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads of each rank. (default: what a rank may use)", valueName: "n,n"),
    transform: Parse.wholes)
  var threads: [Int]?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("MB of gradients that travel as one bucket. (default: 2)", valueName: "n,n"),
    transform: Parse.numbers)
  var bucketMb: [Double]?

  @Option(
    help: ArgumentHelp(
      "Whether gradients travel while ranks go on computing. (default: on)", valueName: "on|off,..."),
    transform: Parse.onOffs)
  var overlap: [Bool]?

  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Recipe") var recipe: RecipeOptions
  @OptionGroup(title: "Sums over ranks") var sums: SumOptions

  @Option(
    parsing: .unconditional, help: "The key of every random number. (default: the preset's, 1)",
    transform: Parse.seed)
  var seed: UInt64?

  @Option(
    help: ArgumentHelp("Options from a YAML or JSON file, a run's options.json included.", valueName: "file"))
  var config: String?

  @Flag(help: "Print one JSON object, alone on standard output.")
  var json = false

  /// The arguments that were typed, free of the parser's types.
  /// - Throws: `RunError` for a value that an option cannot have.
  func arguments() throws -> VerifyArguments {
    var arguments = VerifyArguments()
    for flags in [pictures, model, recipe, sums] as [any OptionFlags] { try flags.give(&arguments.options) }
    arguments.options.configFile = config
    arguments.options.flags.seed = seed
    arguments.ranks = ranks
    arguments.threads = threads
    arguments.bucketMegabytes = bucketMb
    arguments.overlap = overlap
    arguments.steps = steps
    return arguments
  }

  func run() throws {
    let arguments = try arguments()
    let isLaunched = LaunchEnvironment.current != nil
    let folder = FileManager.default.currentDirectoryPath
    let most = arguments.ranks(inWorldOf: nil).max() ?? 1
    if !isLaunched {
      // A mistake in the arguments is reported before any ranks are started.
      _ = try VerifyRequest.prepare(arguments, world: most, isLaunched: false, in: folder)
    }
    let code = try RankProcess.run(ranks: isLaunched ? nil : most) { communicator in
      let request = try decidedByRankZero(communicator) {
        try VerifyRequest.prepare(arguments, world: communicator.size, isLaunched: isLaunched, in: folder)
      }
      if communicator.isRoot { for note in request.notes { Output.person(note) } }
      let report = try Verification.run(request, communicator: communicator, tell: Output.person)
      _ = try decidedByRankZero(communicator) {
        guard let report else { return false }
        if json { Output.program(report.json) }
        guard report.isEqual else { throw RunError(report.conclusion) }
        Output.person(report.conclusion)
        return true
      }
      return 0
    }
    if code != 0 { throw ExitCode(code) }
  }
}
