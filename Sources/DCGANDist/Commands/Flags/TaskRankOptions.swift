import ArgumentParser
import Cluster

/// Ranks and threads of a command that trains nothing.
struct TaskRankOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Ranks; more than 1 starts mpirun. Under mpirun it may be left out. (default: 1 outside mpirun)",
    transform: Parse.whole)
  var ranks: Int?

  @Option(
    parsing: .unconditional, help: "Threads of each rank. (default: what a rank may use)",
    transform: Parse.whole)
  var threads: Int?

  /// The number of ranks.
  /// - Throws: `RunError` with code 64 for a number that cannot be.
  var checkedRanks: Int? {
    get throws { try Parse.checked(ranks, of: "--ranks", in: 1...65_536) }
  }

  /// The number of threads of each rank.
  /// - Throws: `RunError` with code 64 for a number that cannot be.
  var checkedThreads: Int? {
    get throws { try Parse.checked(threads, of: "--threads", in: 1...1_024) }
  }
}
