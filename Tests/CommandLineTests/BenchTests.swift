import Diagnostics
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
    return try JSONDecoder().decode(Result.self, from: Data(outcome.output.utf8))
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

  @Test("Several thread counts are an array of objects with the same keys")
  func threads() throws {
    let results: [BenchResult] = try measured(Self.small + ["--threads", "2,1"])
    #expect(results.map(\.threads) == [2, 1])
    #expect(results.allSatisfy { $0.layers == nil && $0.roofline == nil && $0.batchSize == 8 })
  }

  @Test("All presets are an array, however many there are")
  func presets() throws {
    let results: [BenchResult] = try measured([
      "bench", "--preset", "all", "--width", "16", "--batch-size", "2", "--steps", "1",
    ])
    #expect(results.map(\.preset) == Preset.all.map(\.name))
  }

  @Test("The parts of a step are all of it, each layer and pass among them, beside what the machine can do")
  func layers() throws {
    let result: BenchResult = try measured(Self.small + ["--threads", "1", "--layers"])
    let parts = try #require(result.layers)
    #expect(abs(parts.reduce(0) { $0 + $1.share } - 100) < 0.1)
    #expect(abs(parts.reduce(0) { $0 + ($1.workShare ?? 0) } - 100) < 0.1)
    #expect(parts.allSatisfy { $0.milliseconds >= 0 && $0.calls > 0 })

    func calls(_ layer: String, _ pass: String) -> Double? {
      parts.first { $0.layer == layer && $0.part == pass }?.calls
    }
    // D sees reals, fakes, and G's fakes; it learns from the first two, and only the last go on into G.
    #expect(calls("discriminator.main.2", "forward") == 3)
    #expect(calls("discriminator.main.2", "data gradient") == 3)
    #expect(calls("discriminator.main.2", "weight gradient") == 2)
    #expect(calls("discriminator.main.0", "data gradient") == 1)
    #expect(calls("discriminator.main.3", "backward") == 3)
    #expect(calls("generator.main.0", "forward") == 1)
    #expect(calls("generator.main.0", "data gradient") == nil)
    for part in parts where part.effectiveGigaflops != nil {
      #expect(part.plan != nil && (part.percentOfSgemm ?? 0) > 0)
    }
    for name in ["optimizer, generator", "optimizer, discriminator", "loss", "z", "rest"] {
      #expect(parts.contains { $0.layer == nil && $0.part == name }, "\(name) is missing")
    }

    let roofline = try #require(result.roofline)
    for rate in [
      roofline.coreGigaflops, roofline.gigaflops, roofline.sgemmSquareGigaflops, roofline.sgemmTileGigaflops,
      roofline.copyGigabytes, roofline.triadGigabytes,
    ] { #expect(rate > 0) }
    #expect(roofline.instructionSet == result.instructionSet && roofline.threads == 1)
  }

  @Test("The machine alone is an object of its own, on every instruction set that it has")
  func roofline() throws {
    let outcome = try program(
      "bench", "--roofline", "--threads", "1", "--json", environment: ["DCGAN_ISA": "baseline"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let found = try JSONDecoder().decode(Roofline.self, from: Data(outcome.output.utf8))
    #expect(found.instructionSet == "baseline" && found.gigaflops > 0 && found.ridge > 0)
  }

  @Test("On ranks the parts are rank 0's, printed once", .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func ranks() throws {
    let words = Self.small + ["--threads", "1", "--layers", "--ranks", "2"]
    let result: BenchResult = try measured(words)
    #expect(result.ranks == 2 && result.roofline?.ranks == 2)
    #expect(abs((result.layers ?? []).reduce(0) { $0 + $1.share } - 100) < 0.1)
    let text = try program.typed(words)
    #expect(text.errors.components(separatedBy: "of rank 0 alone").count == 2)
  }
}
