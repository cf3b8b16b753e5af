import Configuration
import Foundation
import Wording

/// What a machine can do at most, measured: the lines under which every kernel of a step stays (Williams,
/// Waterman and Patterson 2009).
///
/// On several ranks these are the figures of one rank while all work.
package struct Roofline: BenchFigures, Equatable, Sendable {
  /// The world size.
  package var ranks: Int
  /// Threads of this rank, which worked at the same time.
  package var threads: Int
  /// The core whose kernels BLAS runs.
  package var blasCore: String
  /// The instruction set whose multiply-adds were counted.
  package var instructionSet: String
  /// Multiply-adds in registers on one core, in 10^9 operations a second.
  package var coreGigaflops: Double
  /// Multiply-adds in registers on all threads, in 10^9 operations a second.
  package var gigaflops: Double
  /// `sgemm` on square matrices of 1536 x 1536, one product on each thread, in 10^9 operations a second.
  package var sgemmSquareGigaflops: Double
  /// `sgemm` on tiles as a convolution multiplies them, 256 x 1024 times 1024 x 128, in 10^9 operations a
  /// second.
  package var sgemmTileGigaflops: Double
  /// y = x far beyond the caches, in 10^9 bytes a second, a read and a write counted.
  package var copyGigabytes: Double
  /// y = a + s b far beyond the caches, in 10^9 bytes a second, two reads and a write counted.
  package var triadGigabytes: Double

  /// The number of operations per byte above which arithmetic is the limit and no longer memory.
  package var ridge: Double { triadGigabytes > 0 ? gigaflops / triadGigabytes : 0 }

  /// The object of `--json`.
  package var value: ConfigurationValue {
    let members: [(String, ConfigurationValue)] = [
      ("ranks", .integer(ranks)), ("threads", .integer(threads)), ("blas_core", .string(blasCore)),
      ("isa", .string(instructionSet)), ("fma_gflops_one_core", .measured(coreGigaflops)),
      ("fma_gflops", .measured(gigaflops)), ("sgemm_square_gflops", .measured(sgemmSquareGigaflops)),
      ("sgemm_tile_gflops", .measured(sgemmTileGigaflops)),
      ("copy_gbytes_per_second", .measured(copyGigabytes)),
      ("triad_gbytes_per_second", .measured(triadGigabytes)),
    ]
    return .object(members.map { .init($0, $1) })
  }

  /// The figures for a person, one line each.
  package var text: String {
    func short(_ value: Double) -> String { String(format: "%.1f", value) }
    func share(_ value: Double) -> String { String(format: "%.0f %% of that", value / gigaflops * 100) }
    let whose = ranks > 1 ? ", of rank 0 while all \(ranks) work" : ""
    return """
      what this machine can do: \(counted(threads, "thread"))\(whose), BLAS core \(blasCore), \
      \(instructionSet)
      multiply-add  \(short(gigaflops)) GFLOP/s, one core \(short(coreGigaflops))
      sgemm         \(short(sgemmSquareGigaflops)) GFLOP/s on large squares, \(share(sgemmSquareGigaflops))
      sgemm         \(short(sgemmTileGigaflops)) GFLOP/s on tiles of 256 x 128 x 1024, \(share(sgemmTileGigaflops))
      memory        \(short(copyGigabytes)) GB/s copied, \(short(triadGigabytes)) GB/s in a triad
      ridge         \(short(ridge)) operations a byte of memory, from which on arithmetic limits
      """
  }
}
