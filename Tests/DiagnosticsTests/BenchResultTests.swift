import Configuration
import Diagnostics
import Testing

@Suite("What bench prints")
struct BenchResultTests {
  @Test("A measurement is one object with the contract's keys, null where there is nothing to hide")
  func benchKeys() throws {
    var result = BenchResult(
      preset: "dcgan64", ranks: 1, threads: 2, batchSize: 128, medianMilliseconds: 512.34567,
      bestMilliseconds: 500,
      imagesPerSecond: 249.8, effectiveGigaflops: 575, blasCore: "SkylakeX", instructionSet: "avx512",
      peakMemoryBytes: 900_000_000, overlapPercent: nil)
    guard case .object(let members) = try ConfigurationFile.value(of: result.json) else {
      Issue.record("no object")
      return
    }
    #expect(
      members.map(\.key) == [
        "preset", "ranks", "threads", "batch_size", "median_ms", "best_ms", "images_per_second",
        "effective_gflops",
        "blas_core", "precision", "isa", "peak_memory_bytes", "overlap_percent",
      ])
    #expect(members.last?.value == .null)
    #expect(members[4].value == .number(512.346))
    result.overlapPercent = 93.25
    #expect(result.json.contains("\"overlap_percent\": 93.25"))
  }
}
