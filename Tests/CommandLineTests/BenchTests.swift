import Configuration
import Foundation
import Recipes
import Testing

@Suite("bench as it is typed")
struct BenchTests {
  private let program: Program
  private static let small = ["bench", "--size", "16", "--width", "4", "--batch-size", "8", "--steps", "1"]

  init() throws { program = try Program() }

  private func measured<Result: Decodable>(_ words: [String]) throws -> Result {
    let outcome = try program.typed(words + ["--json"])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try printed(outcome.output)
  }

  @Test(
    "What cannot be measured is one sentence and code 64",
    arguments: [
      (
        ["--threads", "1,x"],
        "The value '1,x' is invalid for '--threads <n,n>': it must be a whole number, or several with commas between "
          + "them, as 1,2."
      ),
      (
        ["--threads", "1,,2"],
        "The value '1,,2' is invalid for '--threads <n,n>': it must be a whole number, or several with commas between "
          + "them, as 1,2."
      ),
      (
        ["--threads", "2,1,2"],
        "The value '2,1,2' is invalid for '--threads <n,n>': it names a number twice."
      ),
      (["--threads", "1,0"], "--threads must be a whole number from 1 to 1024, and is 0"),
      (["--roofline", "--threads", "-1"], "--threads must be a whole number from 1 to 1024, and is -1"),
      (
        ["--preset", "all", "--architecture", "mine.json"],
        "--preset all and --architecture were both given, and each says which networks: leave one out"
      ),
    ])
  func usage(words: [String], sentence: String) throws {
    let outcome = try program.typed(["bench"] + words)
    #expect(outcome.code == 64)
    #expect(outcome.sentences.first == "error: \(sentence)")
    #expect(outcome.output.isEmpty)
  }

  @Test("A measurement is one object with the contract's keys, null where there is nothing to hide")
  func keys() throws {
    let outcome = try program.typed(Self.small + ["--threads", "1", "--json"])
    guard case .object(let members) = try ConfigurationFile.value(of: outcome.output) else {
      Issue.record("no object")
      return
    }
    #expect(
      members.map(\.key) == [
        "preset", "ranks", "threads", "batch_size", "median_ms", "best_ms", "images_per_second",
        "effective_gflops", "blas_core", "precision", "isa", "peak_memory_bytes", "overlap_percent",
      ])
    #expect(members.last?.value == .null)
    let median = try printed(outcome.output, as: PrintedBench.self).medianMs
    #expect(median == (median * 1000).rounded() / 1000, "three places are enough")
  }

  @Test("Several thread counts are an array of objects with the same keys")
  func threads() throws {
    let results: [PrintedBench] = try measured(Self.small + ["--threads", "2,1"])
    #expect(results.map(\.threads) == [2, 1])
    #expect(results.allSatisfy { $0.layers == nil && $0.roofline == nil && $0.batchSize == 8 })
  }

  @Test("All presets are an array, however many there are")
  func presets() throws {
    let results: [PrintedBench] = try measured([
      "bench", "--preset", "all", "--width", "16", "--batch-size", "2", "--steps", "1",
    ])
    #expect(results.map(\.preset) == Preset.all.map(\.name))
  }

  @Test("The parts of a step are all of it, each layer and pass among them, beside what the machine can do")
  func layers() throws {
    let result: PrintedBench = try measured(Self.small + ["--threads", "1", "--layers"])
    let parts = try #require(result.layers)
    #expect(abs(parts.reduce(0) { $0 + $1.sharePercent } - 100) < 0.1)
    #expect(abs(parts.reduce(0) { $0 + ($1.workPercent ?? 0) } - 100) < 0.1)
    #expect(parts.allSatisfy { $0.ms >= 0 && $0.calls > 0 })

    func calls(_ layer: String, _ pass: String) -> Double? {
      parts.first { $0.layer == layer && $0.pass == pass }?.calls
    }
    // D sees reals, fakes, and G's fakes; it learns from the first two, and only the last go on into G.
    #expect(calls("discriminator.main.2", "forward") == 3)
    #expect(calls("discriminator.main.2", "data gradient") == 3)
    #expect(calls("discriminator.main.2", "weight gradient") == 2)
    #expect(calls("discriminator.main.0", "data gradient") == 1)
    #expect(calls("discriminator.main.3", "backward") == 3)
    #expect(calls("generator.main.0", "forward") == 1)
    #expect(calls("generator.main.0", "data gradient") == nil)
    for part in parts where part.effectiveGflops != nil {
      #expect(part.plan != nil && (part.sgemmPercent ?? 0) > 0)
    }
    for name in ["optimizer, generator", "optimizer, discriminator", "loss", "z", "rest"] {
      #expect(parts.contains { $0.layer == nil && $0.pass == name }, "\(name) is missing")
    }

    let roofline = try #require(result.roofline)
    for rate in [
      roofline.fmaGflopsOneCore, roofline.fmaGflops, roofline.sgemmSquareGflops, roofline.sgemmTileGflops,
      roofline.copyGbytesPerSecond, roofline.triadGbytesPerSecond,
    ] { #expect(rate > 0) }
    #expect(roofline.isa == result.isa && roofline.threads == 1)
  }

  @Test("The machine alone is an object of its own, on every instruction set that it has")
  func roofline() throws {
    let outcome = try program(
      "bench", "--roofline", "--threads", "1", "--json", environment: ["DCGAN_ISA": "baseline"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let found = try printed(outcome.output, as: PrintedRoofline.self)
    #expect(found.isa == "baseline" && found.fmaGflops > 0 && found.triadGbytesPerSecond > 0)
  }

  @Test("On ranks the parts are rank 0's, printed once", .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func ranks() throws {
    let words = Self.small + ["--threads", "1", "--layers", "--ranks", "2"]
    let result: PrintedBench = try measured(words)
    #expect(result.ranks == 2 && result.roofline?.ranks == 2)
    #expect(abs((result.layers ?? []).reduce(0) { $0 + $1.sharePercent } - 100) < 0.1)
    let text = try program.typed(words)
    #expect(text.errors.components(separatedBy: "of rank 0 alone").count == 2)
  }
}
