import ArgumentParser
import Cluster
import Datasets
import Wording

/// `dcgan-dist data faces`.
struct DataFacesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "faces",
    abstract: "Write the built-in cartoon faces as PNG files with their labels.",
    discussion: """
      Example:
        dcgan-dist data faces --count 1000 --size 64 --out cartoons
        dcgan-dist train --data cartoons
      """)

  @Option(parsing: .unconditional, help: "The number of faces.", transform: Parse.whole)
  var count = 1_000

  @Option(parsing: .unconditional, help: "Pictures of N x N.", transform: Parse.whole)
  var size = 64

  @Option(parsing: .unconditional, help: "1 is grey, 3 is RGB.", transform: Parse.whole)
  var channels = 3

  @Option(parsing: .unconditional, help: "Face number i is a function of this and i.", transform: Parse.seed)
  var seed: UInt64 = 1

  @Option(help: "The folder; it is created if it is missing.")
  var out: String

  @Flag(help: "Write into a folder that holds something already.")
  var overwrite = false

  func run() throws {
    try onOneRank {
      for (option, value, range) in [
        ("--count", count, 1...10_000_000), ("--size", size, 8...4_096),
      ] where !range.contains(value) {
        throw RunError(
          "\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound), and is \(value)",
          code: RunExit.usage)
      }
      guard channels == 1 || channels == 3 else {
        throw RunError("--channels must be 1 (grey) or 3 (RGB), and is \(channels)", code: RunExit.usage)
      }
      try writeFaces(to: out, count: count, size: size, channels: channels, seed: seed, overwrite: overwrite)
      Output.person(
        "wrote \(grouped(count)) faces of \(size) x \(size) and labels.csv into \(out)")
    }
  }
}
