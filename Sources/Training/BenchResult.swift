import Foundation
import Networks

/// What `bench` measured, of all ranks together.
public struct BenchResult: Codable, Equatable, Sendable {
  /// The preset, or the name of the user's own architecture.
  public var preset: String
  /// The world size.
  public var ranks: Int
  /// Threads of a rank.
  public var threads: Int
  /// The global batch.
  public var batchSize: Int
  /// Of the timed steps, in milliseconds.
  public var medianMilliseconds: Double
  /// Of the timed steps, in milliseconds.
  public var bestMilliseconds: Double
  /// The global batch over the median step.
  public var imagesPerSecond: Double
  /// 10^9 operations a second, counted as direct convolution.
  public var effectiveGigaflops: Double
  /// The core whose kernels BLAS runs.
  public var blasCore: String
  /// The instruction set of our own kernels.
  public var instructionSet: String
  /// VmHWM, the largest over ranks.
  public var peakMemoryBytes: Int
  /// The share of the reductions' time that was hidden behind work; nil on one rank.
  public var overlapPercent: Double?

  /// Creates a result from its parts.
  public init(
    preset: String, ranks: Int, threads: Int, batchSize: Int, medianMilliseconds: Double,
    bestMilliseconds: Double,
    imagesPerSecond: Double, effectiveGigaflops: Double, blasCore: String, instructionSet: String,
    peakMemoryBytes: Int, overlapPercent: Double?
  ) {
    self.preset = preset
    self.ranks = ranks
    self.threads = threads
    self.batchSize = batchSize
    self.medianMilliseconds = medianMilliseconds
    self.bestMilliseconds = bestMilliseconds
    self.imagesPerSecond = imagesPerSecond
    self.effectiveGigaflops = effectiveGigaflops
    self.blasCore = blasCore
    self.instructionSet = instructionSet
    self.peakMemoryBytes = peakMemoryBytes
    self.overlapPercent = overlapPercent
  }

  enum CodingKeys: String, CodingKey {
    case preset, ranks, threads
    case batchSize = "batch_size"
    case medianMilliseconds = "median_ms"
    case bestMilliseconds = "best_ms"
    case imagesPerSecond = "images_per_second"
    case effectiveGigaflops = "effective_gflops"
    case blasCore = "blas_core"
    case instructionSet = "isa"
    case peakMemoryBytes = "peak_memory_bytes"
    case overlapPercent = "overlap_percent"
  }

  /// The one object that `--json` prints, `overlap_percent` null on one rank.
  public var json: String {
    func measured(_ value: Double) -> ConfigurationValue { .real((value * 1000).rounded() / 1000) }
    let members: [(CodingKeys, ConfigurationValue)] = [
      (.preset, .string(preset)), (.ranks, .integer(ranks)), (.threads, .integer(threads)),
      (.batchSize, .integer(batchSize)), (.medianMilliseconds, measured(medianMilliseconds)),
      (.bestMilliseconds, measured(bestMilliseconds)), (.imagesPerSecond, measured(imagesPerSecond)),
      (.effectiveGigaflops, measured(effectiveGigaflops)), (.blasCore, .string(blasCore)),
      (.instructionSet, .string(instructionSet)), (.peakMemoryBytes, .integer(peakMemoryBytes)),
      (.overlapPercent, overlapPercent.map(measured) ?? .null),
    ]
    return ConfigurationValue.object(members.map { .init($0.rawValue, $1) }).json()
  }
}

extension BenchResult {
  /// The same for a person: a line a figure.
  public var text: String {
    func short(_ value: Double) -> String { String(format: "%.1f", value) }
    var lines = [
      "\(preset): \(ranks) ranks x \(threads) threads, global batch \(batchSize), BLAS core \(blasCore), \(instructionSet)",
      "step          \(short(medianMilliseconds)) ms median, \(short(bestMilliseconds)) ms best",
      "images        \(short(imagesPerSecond)) a second",
      "arithmetic    \(short(effectiveGigaflops)) GFLOP/s, counted as direct convolution",
      "peak memory   \(grouped(peakMemoryBytes / 1_000_000)) MB, the largest of a rank",
    ]
    if let overlapPercent {
      lines.append("overlap       \(short(overlapPercent)) % of the reductions hidden")
    }
    return lines.joined(separator: "\n")
  }
}
