import Foundation

/// A folder that stands for `/sys/fs/cgroup`; removed with its last reference.
final class MadeUpRoot {
  let path = NSTemporaryDirectory() + "dcgan-root-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders that it lies in.
  func file(_ name: String, _ text: String) throws {
    let place = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: place, atomically: true, encoding: .utf8)
  }
}
