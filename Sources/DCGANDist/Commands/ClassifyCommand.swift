import ArgumentParser
import Cluster
import Communication
import Evaluation
import Reporting
import Wording

/// `dcgan-dist classify`.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Tell classes of pictures by a trained D's features and a linear model.",
    discussion: """
      D's features are the maps of its convolutions, each map reduced to a 4 x 4 grid of its largest values \
      (arXiv:1511.06434, section 5). A linear support vector machine, one class against the rest, learns classes from \
      them; its C is chosen by cross-validation. Beside it, on the same pictures: a D with random weights, the pixels, \
      and patches by k-means (Coates, Ng and Lee 2011). It needs LIBLINEAR (on Debian or Ubuntu: liblinear-dev).

      Examples:
        dcgan-dist classify --checkpoint runs/faces --data faces --group hair
        dcgan-dist classify --checkpoint runs/cifar --data cifar10/train \\
          --test cifar10/test --labels folders --ranks 2
        dcgan-dist classify --checkpoint runs/cifar --data cifar10/train \\
          --test cifar10/test --labels folders --baselines none \\
          --few-labels 100,400,1000,4000 --features cifar.safetensors
      """)

  @Option(
    help: ArgumentHelp(
      "A run's folder (its newest valid checkpoint), a checkpoint's, or a model.safetensors.",
      valueName: "path"))
  var checkpoint: String

  @Option(help: "The train pictures: a folder, an IDX file, or 'faces', which are drawn.")
  var data: String

  @Option(
    help: ArgumentHelp(
      """
      A CSV file with the header file,group,..., 'folders', or an IDX file for IDX pictures. (default: labels.csv in \
      the folder; MNIST's name beside an IDX file)
      """, valueName: "file|folders"))
  var labels: String?

  @Option(help: ArgumentHelp("The test pictures. (default: some of --data)", valueName: "data"))
  var test: String?

  @Option(
    help: ArgumentHelp(
      "The labels of the test pictures. (default: as --labels, where that is 'folders')",
      valueName: "file|folders"))
  var testLabels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Without --test: the share of each class that is held out to test. (default: 0.25)", valueName: "share"),
    transform: Parse.number)
  var heldOut: Double?

  @Option(help: "The group of labels, such as hair. (default: the first)")
  var group: String?

  @Option(
    help: ArgumentHelp(
      "What D is compared with: random, pixels, patches, or none. (default: random,pixels,patches)",
      valueName: "list"))
  var baselines: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "C of all models, the weight of errors. (default: chosen by cross-validation)", valueName: "x"),
    transform: Parse.number)
  var c: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Also learn from so many labels, drawn evenly over classes, as 100,400,1000,4000.", valueName: "list"),
    transform: Parse.wholes)
  var fewLabels: [Int]?

  @Option(
    parsing: .unconditional, help: "How often each of these is drawn. (default: 5)", transform: Parse.whole)
  var draws: Int?

  @Option(
    help: ArgumentHelp(
      "Write D's features of all pictures, with their classes, as safetensors.", valueName: "file"))
  var features: String?

  @Option(
    help: ArgumentHelp("Draw the confusion table of D's features as a PNG file.", valueName: "file"))
  var confusion: String?

  @Option(
    parsing: .unconditional, help: "The key of every random choice. (default: 1)", transform: Parse.seed)
  var seed: UInt64?

  @OptionGroup(title: "Ranks") var ranks: TaskRankOptions
  @OptionGroup(title: "Networks, if --checkpoint is a file with no run around it") var model: ModelOptions

  @Flag(help: "Print one JSON object, alone on standard output.")
  var json = false

  /// The request that was typed, free of the parser's types.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func request() throws -> ClassifyRequest {
    guard test != nil || testLabels == nil else {
      throw RunError("--test-labels is of --test, which was not given", code: RunExit.usage)
    }
    return try ClassifyRequest(
      checkpoint: checkpoint, architecture: try model.networksIfGiven()?.architecture,
      train: PictureSource(data: data, labels: labels),
      test: test.map {
        PictureSource(data: $0, labels: testLabels ?? (labels == "folders" ? labels : nil))
      }, heldOut: heldOut, group: group, baselines: try baselineList(), c: c, fewLabels: fewLabels ?? [],
      draws: draws ?? 5, seed: seed ?? 1, threads: try ranks.checkedThreads, features: features,
      confusion: confusion)
  }

  private func baselineList() throws -> [ClassifyRequest.Baseline] {
    guard let baselines else { return ClassifyRequest.Baseline.allCases }
    if baselines == "none" { return [] }
    var list: [ClassifyRequest.Baseline] = []
    for word in baselines.split(separator: ",", omittingEmptySubsequences: false) {
      guard let baseline = ClassifyRequest.Baseline(rawValue: String(word)) else {
        throw RunError(
          "--baselines: there is no \"\(word)\"; it takes 'none', or some of "
            + listed(ClassifyRequest.Baseline.allCases.map(\.rawValue), with: "and")
            + " with commas between them",
          code: RunExit.usage)
      }
      guard !list.contains(baseline) else {
        throw RunError("--baselines names \(word) twice", code: RunExit.usage)
      }
      list.append(baseline)
    }
    return list
  }

  func run() throws {
    let request = try request()
    let code = try RankProcess.run(ranks: try ranks.checkedRanks) { communicator in
      let report = try Classification.run(
        request, on: communicator, console: communicator.isRoot ? .standardError : nil)
      if communicator.isRoot { Output.program(json ? report.json.json() : report.text) }
      return 0
    }
    if code != 0 { throw ExitCode(code) }
  }
}
