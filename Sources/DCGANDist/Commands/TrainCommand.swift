import ArgumentParser
import Cluster
import Communication
import Foundation
import Options
import Recipes
import Runs

/// `dcgan-dist train`.
///
/// A new option is a flag here or in a group of `Flags`, with its help, and a property of the same name with a line in
/// its group's table (`Options/Given/OptionsGroup.swift` lists the groups).
struct TrainCommand: ParsableCommand, OptionFlags {
  static let ownFlags: Set = [
    "resume", "maxRestarts", "trace", "overwrite", "dryRun", "moreEpochs", "moreSteps",
    "moreMinutes", "changes",
  ]

  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a generator and a discriminator.",
    discussion: """
      Examples:
        dcgan-dist train                       here, on the built-in faces
        dcgan-dist train --ranks 4 --data pictures/ --epochs 5
        dcgan-dist train --preset cgan28 --data train-images-idx3-ubyte.gz
        mpirun -np 8 dcgan-dist train --data pictures/ --out runs/faces
        dcgan-dist train --resume runs/faces --more-epochs 5
        dcgan-dist train --resume runs/faces --change lr-d=5e-5 --change label-smoothing=0.1
        dcgan-dist train --from runs/faces --data others/ --lr-d 1e-4 --lr-g 1e-4

      --ranks starts mpirun itself. --resume continues a run on any number of ranks, also after its pictures were moved \
      (--data). Only one run uses a folder at a time; a second start says which process has the folder, and ends.

      A step is the recipe's whole schedule once. Of --epochs, --steps and --minutes the first reached ends the run; \
      all three count from the run's start, also after a resume; --more-steps and its like count from the checkpoint.

      Signals: Ctrl-C saves and ends with 0; SIGUSR1, SIGUSR2, SIGTERM and SIGHUP save and end with 75. A second one \
      ends at once. Send SIGUSR1 to mpirun: on other signals it ends the ranks before they have saved.

      Exit codes: 0 done, 1 error, 64 usage, 75 saved and to be started again, 86 ended by the watchdog, \
      128 + n ended at once by signal n.
      """)

  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

  @Option(
    parsing: .unconditional, help: "The key of every random number. (default: the preset's, 1)",
    transform: Parse.seed)
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      """
      Begin a new run with the weights of another: a run's folder (its newest valid checkpoint), a checkpoint's, or a \
      model.safetensors. Optimizers are new; data and recipe are this run's, networks its own unless others are given.
      """, valueName: "path"))
  var from: String?

  @Flag(help: "With --from: layers that it has not, or in another shape, begin fresh.")
  var allowMismatch = false

  @Option(
    help: ArgumentHelp("Options from a YAML or JSON file, a run's options.json included.", valueName: "file"))
  var config: String?

  @Option(
    parsing: .unconditional,
    help: "End after so many passes over the data, counted from the run's start. (default: the recipe's)",
    transform: Parse.number)
  var epochs: Double?

  @Option(
    parsing: .unconditional, help: "End at this step, counted from the run's start.", transform: Parse.whole)
  var steps: Int?

  @Option(
    parsing: .unconditional, help: "End after so many minutes of training, counted from the run's start.",
    transform: Parse.number)
  var minutes: Double?

  @Option(
    parsing: .unconditional,
    help: "On a resume: end after so many more passes over the data, counted from the checkpoint.",
    transform: Parse.number)
  var moreEpochs: Double?

  @Option(
    parsing: .unconditional, help: "On a resume: end after so many more steps, counted from the checkpoint.",
    transform: Parse.whole)
  var moreSteps: Int?

  @Option(
    parsing: .unconditional, help: "On a resume: end after so many more minutes of training.",
    transform: Parse.number)
  var moreMinutes: Double?

  @OptionGroup(title: "Ranks") var rankOptions: RankOptions

  @Option(
    parsing: .unconditional, help: "Threads of each rank. (default: what a rank may use)",
    transform: Parse.whole)
  var threads: Int?

  @Option(
    parsing: .unconditional, help: "Compare the ranks' replicas every so many steps. (default: 50)",
    transform: Parse.whole)
  var checkEvery: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End the run where a rank makes no progress for so long. (default: 10 median steps, at least 120)",
      valueName: "seconds"), transform: Parse.number)
  var watchdog: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Start the ranks again after a crash, from the newest valid checkpoint, at most n times. (default: 0)",
      valueName: "n"), transform: Parse.whole)
  var maxRestarts: Int?

  @Option(help: ArgumentHelp("The run's folder. (default: runs/0001-dcgan64, numbered)", valueName: "folder"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "Sample sheets: every so many steps, 'epoch', or 0 for none. (default: the preset's, 200)",
      valueName: "n"),
    transform: Parse.interval)
  var sampleEvery: Interval?

  @Option(
    help: ArgumentHelp(
      """
      Checkpoints: every so many steps, 'epoch', after a time as 10min, both as 500,10min (whichever comes first), or 0 \
      for only the last one. (default: the preset's, 500,5min)
      """, valueName: "n|time"),
    transform: Parse.checkpointInterval)
  var checkpointEvery: CheckpointInterval?

  @Option(
    help: ArgumentHelp(
      "Lines of the log: every so many steps, or 'epoch'. (default: the preset's, 10)", valueName: "n"),
    transform: Parse.interval)
  var logEvery: Interval?

  @Option(
    parsing: .unconditional, help: "How many checkpoints stay; 0 keeps all. (default: 3)",
    transform: Parse.whole)
  var keep: Int?

  @Option(
    help: ArgumentHelp(
      """
      Where the training seems to fail (D's loss near its floor, rising or beyond guessing; pictures that stay noise or \
      are all the same): warn; stop, which saves and ends with 1; or off. (default: warn)
      """, valueName: "warn|stop|off"))
  var onFailure: FailureSettings.Action?

  @OptionGroup(title: "Sheets and curves") var outputOptions: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Go on with a run, from its newest valid checkpoint or the one named; 'auto': with the run in --out, or start one.",
      valueName: "folder|auto"))
  var resume: String?

  @Option(
    name: .customLong("change"),
    help: ArgumentHelp(
      """
      With --resume: change a value of the recipe from here on, as lr-d=5e-5 or loss.smoothing.amount=0.1; may be \
      repeated. options.json and checkpoints keep the list of changes.
      """, valueName: "key=value"))
  var changes: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write what the threads of all ranks did, and when, for ui.perfetto.dev or chrome://tracing, at the run's end.",
      valueName: "file"))
  var trace: String?

  @Flag(help: "Replace the run that --out holds.")
  var overwrite = false

  @Flag(help: "Print options, layer tables, memory and planned steps, and stop.")
  var dryRun = false

  /// The arguments that were typed, free of the parser's types.
  /// - Throws: `RunError` for a value that an option cannot have.
  func arguments() throws -> TrainArguments {
    var arguments = TrainArguments()
    try give(&arguments)
    arguments.resume = resume
    arguments.changes = changes
    arguments.more.epochs = moreEpochs
    arguments.more.steps = moreSteps
    arguments.more.minutes = moreMinutes
    arguments.overwrite = overwrite
    arguments.dryRun = dryRun
    arguments.trace = trace
    return arguments
  }

  /// Whether the run itself handles signals: it saves before it ends.
  var savesOnSignals: Bool { !dryRun }

  func run() throws {
    if let maxRestarts, !(0...1000).contains(maxRestarts) {
      throw RunError(
        "--max-restarts must be a whole number from 0 to 1000, and is \(maxRestarts)", code: RunExit.usage
      )
    }
    let arguments = try arguments()
    // Outside mpirun a config file may say how many ranks to start; inside, rank 0 alone reads files.
    let configured = LaunchEnvironment.current == nil ? try arguments.given().ranks : nil
    let code = try RankProcess.run(
      ranks: arguments.flags.ranks, configured: configured, restarts: dryRun ? nil : maxRestarts,
      savesOnSignals: savesOnSignals
    ) { communicator in
      var owner: RunOwner?
      defer { owner?.release() }
      let request = try decidedByRankZero(communicator) {
        try TrainRequest.prepare(
          arguments, ranks: communicator.size, in: FileManager.default.currentDirectoryPath
        ) {
          owner = try RunOwner.claim($0) { Output.person($0) }
        }
      }
      if request.dryRun {
        let text = try decidedByRankZero(communicator) {
          try DryRun(request).text
        }
        if communicator.isRoot { Output.person(text) }
        return 0
      }
      do {
        return try TrainingRun.train(request, owner: owner, communicator: communicator)
      } catch {
        owner?.release()
        if communicator.isRoot, request.folderIsReserved { NewRunFolder.removeIfEmpty(request.options.out) }
        throw error
      }
    }
    if code != 0 { throw ExitCode(code) }
  }
}
