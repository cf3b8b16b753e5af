import Cluster
import Configuration
import Foundation
import Options
import Testing

/// A folder for one test, removed with it.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "dcgan-dist-cli-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  func file(_ name: String, _ text: String) throws -> String {
    let place = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: place, atomically: true, encoding: .utf8)
    return place
  }
}

/// A data set as MNIST's files are: `my-images-idx3-ubyte` with its labels beside it.
struct MadeIDX {
  /// 40 pictures, of 14 rows and 10 columns.
  var count = 40
  var rows = 14
  var columns = 10
  /// The largest label; the smallest is 0.
  var largest = 9
  static let name = "my-images-idx3-ubyte"

  /// Writes both files into `folder`.
  func write(to folder: Scratch) throws {
    func header(_ sides: [Int]) -> [UInt8] {
      [0, 0, 8, UInt8(sides.count)] + sides.flatMap { [0, 0, 0, UInt8($0)] }
    }
    let size = rows * columns
    let pixels = (0..<count * size).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / size) }
    let labels = (0..<count).map { UInt8($0 % (largest + 1)) }
    try Data(header([count, rows, columns]) + pixels)
      .write(to: URL(fileURLWithPath: folder.path + "/" + Self.name))
    try Data(header([count]) + labels)
      .write(to: URL(fileURLWithPath: folder.path + "/my-labels-idx1-ubyte"))
  }
}

/// Expects `body` to throw a `RunError` that says `sentence`.
func expectRunError<Value>(
  _ sentence: String, code: Int32 = 64, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Value
) {
  #expect(throws: RunError(sentence, code: code), sourceLocation: sourceLocation) { _ = try body() }
}

/// Expects `body` to throw a `ConfigurationError` that says `sentence`.
func expectError<Value>(
  _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) {
  #expect(throws: ConfigurationError(sentence), sourceLocation: sourceLocation) { _ = try body() }
}

/// Options of which `change` gives some.
func given(_ change: (inout GivenOptions) -> Void = { _ in }) -> GivenOptions {
  var options = GivenOptions()
  change(&options)
  return options
}

/// A new run's options, as they are resolved.
func resolved(_ given: GivenOptions, ranks: Int = 1) throws -> RunOptions {
  try OptionsResolution.newRun(given, ranks: ranks, out: "runs/x", relativeTo: "/home/someone")
}
