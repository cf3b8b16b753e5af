import ArgumentParser
import Cluster
import Configuration
import DataParallel
import Datasets
import Layers
import Networks
import Options
import Recipes

/// The pictures to train on.
struct PictureOptions: OptionFlags {
  @Option(
    help: """
      A folder of pictures, searched recursively; an IDX file as MNIST's, plain or gzipped; or 'faces', which are \
      drawn. (default of train: faces; of verify: synthetic pictures of the networks' shape)
      """)
  var data: String?

  @Option(
    help: ArgumentHelp(
      """
      A CSV file with the header file,group,..., 'folders', or an IDX file for IDX pictures. (default: labels.csv in \
      the folder; MNIST's name beside an IDX file)
      """, valueName: "file|folders"))
  var labels: String?

  @Flag(inversion: .prefixedNo, help: "Mirror each picture with probability 1/2. (default: --no-mirror)")
  var mirror: Bool?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The most memory that the ranks of a node take for decoded pictures, as 512MiB or 2G; 0: none. (default: half of \
      what the node, its cgroup or Slurm leave beside the networks, at most 2G)
      """, valueName: "bytes"), transform: Parse.bytes)
  var dataMemory: ByteCount?
}

/// Which networks, and of what shape.
struct ModelOptions: OptionFlags {
  static let ownFlags: Set = ["architecture"]

  @Option(help: "A reference system; 'presets' lists them. (default: dcgan64)")
  var preset: String?

  @Option(
    help: ArgumentHelp("Networks of your own, as 'presets NAME --json' prints them.", valueName: "file"))
  var architecture: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Pictures of N x N, where the preset allows.", valueName: "n"), transform: Parse.whole)
  var size: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Multiply every channel count by N/64. (default: 64)", valueName: "n"),
    transform: Parse.whole)
  var width: Int?

  @Option(
    help: ArgumentHelp(
      "How slim64 counts its middle widths: as its tutorial computes or as it means them. (default: published)",
      valueName: "published|intended"))
  var widthRule: WidthRule?

  @Option(
    parsing: .unconditional, help: "1 is grey, 3 is RGB, where the preset allows.", transform: Parse.whole)
  var channels: Int?

  @OptionGroup var variations: VariationOptions

  /// The networks that these options name; nil if none was given.
  func architectureIfGiven() throws -> Architecture? {
    guard
      preset != nil || architecture != nil || size != nil || width != nil || widthRule != nil
        || channels != nil || !variations.isEmpty
    else {
      return nil
    }
    var arguments = TrainArguments()
    give(&arguments.flags)
    arguments.architectureFile = architecture
    let given = try arguments.given()
    return try RunError.ofUsage {
      try OptionsResolution.newRun(given, ranks: 1, out: "", relativeTo: "/").architecture
    }
  }
}

/// Changes to networks that are otherwise as the preset or the file has them.
struct VariationOptions: OptionFlags {
  @Flag(help: "D also tells the classes of labelled data, which G is asked for (ACGAN).")
  var acgan = false

  @Flag(help: "Leave batch norm out of both networks; layers before it get a bias.")
  var noBatchNorm = false

  @Flag(
    help:
      "Divide every weight of the discriminator by its largest singular value: spectral norm, a stabiliser.")
  var spectralNorm = false

  var isEmpty: Bool { !acgan && !noBatchNorm && !spectralNorm }
}

/// The values of a recipe that have flags of their own, and `--set` for all others.
struct RecipeOptions: OptionFlags {
  static let ownFlags: Set = ["overrides"]

  @Option(
    parsing: .unconditional, help: "Pictures of a step over all ranks; need not divide by them.",
    transform: Parse.whole)
  var batchSize: Int?

  @Option(parsing: .unconditional, help: "Learning rate of the discriminator.", transform: Parse.number)
  var lrD: Double?

  @Option(parsing: .unconditional, help: "Learning rate of the generator.", transform: Parse.number)
  var lrG: Double?

  @Option(
    parsing: .unconditional, help: "Adam's decay of the first moment, for both networks.",
    transform: Parse.number)
  var beta1: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Soften the targets of D's real pictures from 1 to 1 - s, against a D that wins. (default: the recipe's, 0)",
      valueName: "s"), transform: Parse.number)
  var labelSmoothing: Double?

  @Option(
    help: """
      How pictures of another shape are fitted: stretch scales both sides; resizeAndCrop scales the shorter one and keeps \
      the middle; cropOrPad scales nothing. (default: the recipe's)
      """)
  var preprocessing: Fit?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override any value of recipe or architecture, for example discriminator.learning_rate=4e-4; may be repeated.",
      valueName: "path=value"))
  var overrides: [String] = []
}

/// How sums over ranks are taken, and what is summed.
struct SumOptions: OptionFlags {
  @Option(
    help: "Batch norm's moments: of the global batch (sync) or of each rank's part (local). (default: sync)")
  var bn: BatchNormScope?

  @Option(
    help: """
      Sums over ranks: ordered gives the same bits on 1, 2, 4 ... ranks, fast takes MPI's own order. (default: \
      ordered, where the ranks are a power of two)
      """)
  var reduction: ReductionMode?

  @Option(
    parsing: .unconditional,
    help: "Slices of the global batch, a power of two; ranks up to it give the same bits. (default: up to 8)",
    transform: Parse.whole)
  var slices: Int?

  @Option(
    help: """
      Convolutions: auto takes Winograd's forms where they are faster, direct takes none. They round differently. \
      (default: auto)
      """)
  var convolution: ConvolutionPlanner.Mode?

  @Option(
    help: """
      Factors of convolutions' products: fp32, or bf16 where the CPU multiplies it (sums and weights stay fp32). \
      (default: fp32)
      """)
  var precision: ProductPrecision?

  @Option(
    help: """
      Gradients between ranks: fp32, or bf16, half the bytes (sums stay fp32; other ranks then give other bits). \
      (default: fp32)
      """)
  var wire: WirePrecision?
}

/// Ranks, and how sums over them are taken.
struct RankOptions: OptionFlags {
  @Option(
    parsing: .unconditional,
    help: "Ranks; more than 1 starts mpirun. Under mpirun it may be left out. (default: 1 outside mpirun)",
    transform: Parse.whole)
  var ranks: Int?

  @OptionGroup var sums: SumOptions

  @Option(
    help: ArgumentHelp(
      "on: gradients travel while ranks go on computing; off: ranks wait for them. The same bits. (default: on)",
      valueName: "on|off"), transform: Parse.onOff)
  var overlap: Bool?

  @Option(
    parsing: .unconditional, help: "MB of gradients that travel as one bucket. (default: 2)",
    transform: Parse.number)
  var bucketMb: Double?
}
