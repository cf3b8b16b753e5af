import ArgumentParser
import Cluster
import Models

/// `dcgan-dist arithmetic`.
struct ArithmeticCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arithmetic",
    abstract: "Compute with the z of pictures: A - B + C, or a turn from A to B.",
    discussion: """
      A, B and C are lists of seeds whose pictures show one thing, such as glasses; 'generate --numbered' gives a sheet \
      to pick them from. The z of a list is the mean of its seeds'.

      With --c the sheet shows the pictures of the three lists, their means, and A - B + C in the middle of eight \
      neighbours. With --turn it shows the pictures of other seeds, moved from A's side to B's: z + t (mean B - mean A).

      Examples:
        dcgan-dist generate --checkpoint runs/faces --grid 16x10 --numbered
        dcgan-dist arithmetic --checkpoint runs/faces --a 1,5,9 --b 2,4,8 \\
          --c 3,6,7 --names 'woman with glasses,woman,man' --pixels
        dcgan-dist arithmetic --checkpoint runs/faces --a 11,17,40,52 \\
          --b 3,8,26,31 --names 'left,right' --turn 100-104 --out turn.png
      """)

  @OptionGroup var generator: GeneratorOptions

  @Option(help: ArgumentHelp("The seeds of A, as 1,5,9.", valueName: "list"))
  var a: String

  @Option(help: ArgumentHelp("The seeds of B.", valueName: "list"))
  var b: String

  @Option(help: ArgumentHelp("The seeds of C, for A - B + C.", valueName: "list"))
  var c: String?

  @Option(help: ArgumentHelp("The seeds of the pictures to turn from A to B.", valueName: "list"))
  var turn: String?

  @Option(
    help: ArgumentHelp(
      "Names on the sheet, with commas between them: of A, B, C and the result; with --turn of A and B.",
      valueName: "a,b,..."))
  var names: String?

  @Flag(help: "With --c: also show the same sum of the pixels, which gives a blur.")
  var pixels = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --c: the neighbours have noise from -X to X added to z. (default: 0.25)", valueName: "x"),
    transform: Parse.number)
  var noise: Double?

  @Option(parsing: .unconditional, help: "The seed of this noise. (default: 1)", transform: Parse.seed)
  var noiseSeed: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --turn: the pictures of a row. (default: 9)", valueName: "n"),
    transform: Parse.whole)
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --turn: t goes from -X to X. (default: 1)", valueName: "x"),
    transform: Parse.number)
  var reach: Double?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "As generate's. Given once: for all pictures. Given three times: for A, for B, and for C or the pictures to turn.",
      valueName: "group=class,..."))
  var label: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw each pixel as a square of N x N. (default: 1)", valueName: "n"),
    transform: Parse.whole)
  var scale: Int?

  @Option(help: "The sheet's file, a PNG. (default: arithmetic.png)")
  var out: String?

  @Flag(help: "Print what was computed as one JSON object to standard output.")
  var json = false

  /// The request that was typed, free of the parser's types.
  /// - Throws: `RunError` for options that are wrong or contradict each other.
  func request() throws -> ArithmeticRequest {
    func seeds(_ list: String, _ flag: String) throws -> [UInt64] { try SeedList(list, of: flag).seeds }
    func wrong(_ sentence: String) -> RunError { RunError(sentence, code: RunExit.usage) }
    let sum: ArithmeticRequest.Sum
    switch (c, turn) {
    case (nil, nil): throw wrong("give --c for A - B + C, or --turn for other pictures moved from A to B")
    case (.some, .some):
      throw wrong("--c and --turn were both given, and each says what to compute: leave one out")
    case (.some(let c), nil):
      if steps != nil || reach != nil { throw wrong("--steps and --reach are of --turn, and --c was given") }
      sum = .concepts(
        c: try seeds(c, "--c"), pixels: pixels, noise: noise ?? 0.25, noiseSeed: noiseSeed ?? 1)
    case (nil, .some(let turn)):
      if pixels || noise != nil || noiseSeed != nil {
        throw wrong("--pixels, --noise and --noise-seed are of --c, and --turn was given")
      }
      sum = .turn(seeds: try seeds(turn, "--turn"), steps: steps ?? 9, reach: reach ?? 1)
    }
    let words = names?.split(separator: ",", omittingEmptySubsequences: false).map { name in
      String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    return try ArithmeticRequest(
      generator: try generator.choice(), a: try seeds(a, "--a"), b: try seeds(b, "--b"), sum: sum,
      names: words,
      labels: label, scale: scale ?? 1, out: out ?? "arithmetic.png")
  }

  func run() throws {
    try onOneRank {
      let request = try request()
      try Arithmetic.run(request)
      if json { return Output.program(request.json.json()) }
      Output.person("wrote \(request.out)")
    }
  }
}
