import Configuration
import Foundation
import Options
import TestOptions
import TestSupport
import Testing

@Suite("Memory for data, as a user says it")
struct DataMemoryTests {
  @Test("Numbers of bytes with units")
  func units() {
    for (text, bytes) in [
      ("0", 0), ("17", 17), ("512MiB", 512 << 20), ("2G", 2 << 30), ("2g", 2 << 30), ("1.5GiB", 3 << 29),
      ("3KB", 3000),
      ("2 MB", 2_000_000), ("1K", 1024), ("1TiB", 1 << 40), ("10b", 10),
    ] {
      #expect(ByteCount(reading: text)?.bytes == bytes, "\(text)")
    }
    for text in ["", "G", "-1", "1X", "1GG", "1e9", "0x10", "1.2.3", "99999999T", "nan", "inf", "1 G B"] {
      #expect(ByteCount(reading: text) == nil, "\(text)")
    }
    for (bytes, words) in [
      (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"),
      (310 << 20, "310 MiB"),
      (2 << 30, "2 GiB"), ((2 << 30) - 1, "1.9 GiB"), (1000 << 20, "1000 MiB"), (5 << 40, "5 TiB"),
    ] {
      #expect(ByteCount(bytes).words == words)
    }
  }

  @Test("The option is recorded, read back, and may change on a resume")
  func options() throws {
    let plain = try resolved(given())
    #expect(plain.dataSettings.memory == nil && plain.recordedText.contains("\"data_memory\": null"))
    let options = try resolved(given { $0.dataSettings.memory = ByteCount(512 << 20) })
    #expect(options.recordedText.contains("\"data_memory\": 536870912"))
    #expect(try RunOptions(configuration: options.configuration) == options)
    let kept = try OptionsResolution.resumed(options, given(), ranks: 1, out: "x", relativeTo: "/")
    #expect(kept.dataSettings.memory?.bytes == 512 << 20)
    let changed = try OptionsResolution.resumed(
      options, given { $0.dataSettings.memory = ByteCount(0) }, ranks: 1, out: "x", relativeTo: "/")
    #expect(changed.dataSettings.memory?.bytes == 0)
    func file(_ text: String) throws -> ByteCount? {
      try GivenOptions(configuration: ConfigurationFile.value(of: text)).dataSettings.memory
    }
    #expect(try file("data_memory: 2G")?.bytes == 2 << 30)
    #expect(try file("data-memory: 100")?.bytes == 100)
    #expect(try file("seed: 3") == nil)
    for text in ["data_memory: lots", "data_memory: 1.5", "data_memory: true", "data_memory: -1"] {
      #expect(throws: ConfigurationError.self, "\(text)") { _ = try file(text) }
    }
    expectError("data_memory must be a number of bytes such as 0, 512MiB or 2G, and is \"lots\"") {
      try file("data_memory: lots")
    }
  }

  private static let small = [
    "--width", "8", "--size", "16", "--batch-size", "16", "--sample-every", "0", "--steps", "3",
  ]

  @Test("A run says what it keeps and why, whoever limits it")
  func said() throws {
    let program = try Program()
    func train(_ words: [String] = [], _ environment: [String: String] = [:]) throws -> String {
      let result = try program.typed(
        ["train", "--overwrite", "--out", "run"] + Self.small + words, environment: environment)
      #expect(result.code == 0, "\(result.errors)")
      return result.errors
    }
    #expect(try train().contains("\ndecoded pictures are kept in memory, all of them: "))
    let small = try train(["--data-memory", "100KiB"])
    #expect(
      small.contains("\ndecoded pictures are kept in memory, up to 100 KiB a node (--data-memory 100 KiB)\n"))
    #expect(
      try train(["--data-memory", "0"]).contains(
        "\nno decoded pictures are kept in memory (--data-memory 0 bytes)\n"))
    let model = program.folder.path + "/run/checkpoints/step-00000003/model.safetensors"
    let none = try Data(contentsOf: URL(fileURLWithPath: model))
    let tight = try train([], ["SLURM_JOB_ID": "7", "SLURM_MEM_PER_NODE": "40"])
    #expect(
      tight.contains(
        "\nno decoded pictures are kept in memory (nothing is left for them of the 40 MiB of SLURM_MEM_PER_NODE)\n"
      ))
    #expect(
      tight.contains(
        " of the 40 MiB of SLURM_MEM_PER_NODE are left, so it may be killed: ask Slurm for more, such as --mem="
      ))
    #expect(try Data(contentsOf: URL(fileURLWithPath: model)) == none, "what is kept changes no number")
    let wrong = try program("train", "--data-memory", "lots")
    #expect(wrong.code == 64 && wrong.errors.contains("it must be a number of bytes, as 0, 512MiB or 2G."))
  }

  @Test("Addresses that the shell limits are a bound too")
  func addresses() throws {
    let program = try Program()
    let words = (Self.small + ["--threads", "1"]).joined(separator: " ")
    let result = try program.shell("ulimit -v 900000; exec \"$0\" train --out run \(words)")
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.errors.contains(" (half of what is left of the 878 MiB of ulimit -v beside the networks)\n"))
  }

  @Test("A dry run tells what a rank will need: about what one takes that runs")
  func dryRun() throws {
    let program = try Program()
    let words = ["train", "--width", "16", "--batch-size", "32", "--steps", "2", "--sample-every", "0"]
    let dry = try program.typed(words + ["--dry-run", "--data-memory", "3M"])
    let text = try #require(dry.errors.range(of: "memory of a rank: about ")).upperBound
    let number = String(dry.errors[text...].prefix { $0 != " " }.filter { $0 != "," })
    let told = try #require(Double(number))
    #expect(dry.errors.contains("and its share of a node's decoded pictures: up to 3 MiB\n"))
    #expect(try program.typed(words + ["--out", "run", "--data-memory", "0"]).code == 0)
    let metrics = try String(contentsOfFile: program.folder.path + "/run/metrics.jsonl", encoding: .utf8)
    let last = try #require(metrics.split(separator: "\n").last)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
    let taken = try #require(object["memory_bytes"] as? Double) / 1e6
    #expect(told > 0.9 * taken && told < 1.3 * taken, "\(told) MB were told, \(taken) taken")
  }
}
