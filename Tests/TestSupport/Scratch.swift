import Foundation

/// A folder of a test's own, removed with it.
package final class Scratch {
  /// The folder.
  package let path: String

  /// Makes the folder.
  /// - Parameter inMemory: in memory where the system has a place for that; for tests that write thousands of
  ///   files, which a disk that others use as well makes slow.
  package init(inMemory: Bool = false) throws {
    let memory = "/dev/shm/"
    let parent = inMemory && access(memory, W_OK) == 0 ? memory : NSTemporaryDirectory()
    path = "\(parent)dcgan-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file, whether or not it is there.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, its folders too, and gives its path.
  @discardableResult
  package func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  /// Writes a file, its folders too, and gives its path.
  @discardableResult
  package func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let place = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: place)
    return place.path
  }

  /// What stands in a file.
  package func text(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }

  /// The names in the folder, hidden ones included, sorted.
  package func names() throws -> [String] { try Scratch.names(in: path) }

  /// The names in a folder, hidden ones included, sorted.
  package static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }
}
