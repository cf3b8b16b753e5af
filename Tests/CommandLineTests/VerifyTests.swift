import Foundation
import Testing

@Suite("verify as it is typed")
struct VerifyTests {
  private let program: Program
  private static let small = ["verify", "--size", "16", "--width", "4", "--steps", "2", "--threads", "1"]

  init() throws { program = try Program() }

  @Test(
    "What cannot be compared is one sentence and code 64",
    arguments: [
      (
        ["--ranks", "1,two"],
        "The value '1,two' is invalid for '--ranks <n,n>': it must be a whole number, or several with commas between them, as 1,2."
      ),
      (["--ranks", "1,0"], "--ranks must be a whole number from 1 to 65536, and is 0"),
      (
        ["--ranks", "2"],
        "--ranks 2 alone leaves nothing to compare: give several numbers, as --ranks 1,2, or several values of --threads, --bucket-mb or --overlap"
      ),
      (["--steps", "0"], "--steps must be a whole number from 1 to 1000000, and is 0"),
      (
        ["--overlap", "on,on"],
        "The value 'on,on' is invalid for '--overlap <on|off,...>': it must be 'on', 'off', 'on,off' or 'off,on'."
      ),
      (
        ["--bucket-mb", "1,x"],
        "The value '1,x' is invalid for '--bucket-mb <n,n>': it must be a number, or several with commas between them, as 0.5,2."
      ),
      (["--bucket-mb", "1,-2"], "--bucket-mb must be a number of MB above 0 and up to 1024, and is -2.0"),
      (
        ["--ranks", "1,16", "--batch-size", "8"],
        "A global batch of 8 cannot be shared by 16 ranks, as each needs a picture or more; start at most 8 ranks, or ask for --batch-size 16 or more."
      ),
      (
        ["--ranks", "1,3", "--reduction", "ordered", "--batch-size", "32"],
        "--reduction ordered cannot be kept on 3 ranks, as 3 is no power of two; start 1, 2 or 4 ranks, or leave it out and sums are taken by --reduction fast."
      ),
    ])
  func usage(words: [String], sentence: String) throws {
    let outcome = try program.typed(["verify"] + words)
    #expect(outcome.code == 64)
    #expect(outcome.sentences.first == "error: \(sentence)")
    #expect(outcome.output.isEmpty)
  }

  @Test("Threads are compared on one rank, in this process")
  func threads() throws {
    let outcome = try program.typed(
      Self.small.dropLast(2) + ["--ranks", "1", "--threads", "1,2", "--batch-size", "16"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.sentences.last?.hasSuffix(": 1 rank and 1 rank with --threads 2") == true)
  }

  @Test(
    "Ranks are started once, and what is found is one object", .enabled(if: Program.hasMPIRun, "needs mpirun")
  )
  func ranks() throws {
    let outcome = try program.typed(
      Self.small + ["--ranks", "1,2,3", "--overlap", "on,off", "--batch-size", "24", "--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let found = try decoder.decode(Found.self, from: Data(outcome.output.utf8))
    #expect(found.equal && found.steps == 2 && found.batchSize == 24 && found.tensors > 20)
    #expect(found.variants.map(\.name) == ["1 rank", "2 ranks", "3 ranks", "2 ranks with --overlap off"])
    #expect(found.variants.map(\.promised) == [nil, true, false, true])
    #expect(found.variants.map(\.equal) == [nil, true, false, true])
    #expect(found.variants[2].difference?.step == 1)
    #expect(outcome.errors.contains("3 is no power of two"))
  }

  @Test("Ranks of a user's mpirun are those that there are", .enabled(if: Program.hasMPIRun, "needs mpirun"))
  func underMPIRun() throws {
    let few = try program.underMPIRun("verify", "--ranks", "1,4")
    #expect(few.code == 64)
    #expect(
      few.sentences.first
        == "error: --ranks 4 needs more ranks than the 2 that were started: start 4, or leave 4 out")
    let outcome = try program.underMPIRun(
      "verify", "--size", "16", "--width", "4", "--steps", "2", "--threads", "1", "--batch-size", "16")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.sentences.last?.hasSuffix(": 1 rank and 2 ranks") == true)
  }

  /// The object of `--json`, as far as it is looked at.
  private struct Found: Decodable {
    struct Variant: Decodable {
      struct Difference: Decodable { let step: Int }
      let name: String
      let promised: Bool?
      let equal: Bool?
      let difference: Difference?
    }
    let equal: Bool
    let steps: Int
    let batchSize: Int
    let tensors: Int
    let variants: [Variant]
  }
}
