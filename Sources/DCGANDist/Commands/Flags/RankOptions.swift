import ArgumentParser
import DataParallel
import Layers
import Options

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
      The precision of factors in convolutions' products: fp32, or bf16 if the CPU has it (sums and weights stay fp32). \
      (default: fp32)
      """)
  var precision: ProductPrecision?

  @Option(
    help: """
      Gradients between ranks: fp32, or bf16, half the bytes (sums stay fp32; another number of ranks then gives other bits). \
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
