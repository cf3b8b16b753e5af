import Configuration
import Foundation
import Layers
import Networks
import Tensors
import Wording

/// What `bench` measured, of all ranks together.
package struct BenchResult: BenchFigures, Equatable, Sendable {
  /// The preset, or the name of the user's own architecture.
  package var preset: String
  /// The world size.
  package var ranks: Int
  /// Threads of a rank.
  package var threads: Int
  /// The global batch.
  package var batchSize: Int
  /// The median of the timed steps, in milliseconds.
  package var medianMilliseconds: Double
  /// The shortest of the timed steps, in milliseconds.
  package var bestMilliseconds: Double
  /// The global batch over the median step.
  package var imagesPerSecond: Double
  /// 10^9 operations a second, counted as direct convolution.
  package var effectiveGigaflops: Double
  /// The core whose kernels BLAS runs.
  package var blasCore: String
  /// The precision to which the factors of Winograd's products were rounded.
  package var precision: ProductPrecision
  /// The instruction set of our own kernels.
  package var instructionSet: String
  /// The peak resident memory in bytes (VmHWM), the largest over ranks.
  package var peakMemoryBytes: Int
  /// The share of the gradients' time on the way in which no rank waited for them, in percent; nil on one
  /// rank.
  package var overlapPercent: Double?
  /// What travelled between ranks; nil on one rank.
  package var communication: BenchCommunication?
  /// The parts of a step on rank 0; nil: not asked for.
  package var layers: [PartTiming]?
  /// What the machine can do; nil: not asked for.
  package var roofline: Roofline?

  /// The one object that `--json` prints, `overlap_percent` null on one rank; `layers` and `roofline` only where
  /// they were asked for.
  package var value: ConfigurationValue {
    var members: [(String, ConfigurationValue)] = [
      ("preset", .string(preset)), ("ranks", .integer(ranks)), ("threads", .integer(threads)),
      ("batch_size", .integer(batchSize)), ("median_ms", .measured(medianMilliseconds)),
      ("best_ms", .measured(bestMilliseconds)), ("images_per_second", .measured(imagesPerSecond)),
      ("effective_gflops", .measured(effectiveGigaflops)), ("blas_core", .string(blasCore)),
      ("precision", .string(precision.rawValue)), ("isa", .string(instructionSet)),
      ("peak_memory_bytes", .integer(peakMemoryBytes)),
      ("overlap_percent", overlapPercent.map(ConfigurationValue.measured) ?? .null),
    ]
    if let communication { members.append(("communication", communication.value)) }
    if let layers { members.append(("layers", .array(layers.map(\.value)))) }
    if let roofline { members.append(("roofline", roofline.value)) }
    return .object(members.map { .init($0, $1) })
  }
}

extension BenchResult {
  /// The figures for a person, one line each.
  package var text: String {
    func short(_ value: Double) -> String { String(format: "%.1f", value) }
    var lines = [
      "\(preset): \(counted(ranks, "rank")) x \(counted(threads, "thread")), global batch \(batchSize), BLAS core \(blasCore), \(instructionSet)\(precision == .bf16 ? ", bf16" : "")",
      "step          \(short(medianMilliseconds)) ms median, \(short(bestMilliseconds)) ms best",
      "images        \(short(imagesPerSecond)) a second",
      "arithmetic    \(short(effectiveGigaflops)) GFLOP/s, counted as direct convolution",
      "peak memory   \(grouped(peakMemoryBytes / 1_000_000)) MB, the largest of a rank",
    ]
    if let overlapPercent {
      lines.append("overlap       \(short(overlapPercent)) % of the gradients' way hidden")
    }
    if let communication {
      func longest(_ waits: [Double]) -> String { short(waits.max() ?? 0) }
      lines.append(
        "waits         \(longest(communication.gradientWaitMilliseconds)) ms a step for gradients, "
          + "\(longest(communication.sumsWaitMilliseconds)) ms for sums of batch norm and losses, the longest of a rank"
      )
    }
    if let layers { lines += ["", PartTiming.table(layers, ranks: ranks)] }
    if let roofline { lines += ["", roofline.text] }
    return lines.joined(separator: "\n")
  }
}
