import Foundation

/// A new folder, gone when the test is.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("reporting-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// A file system of 64 KiB in memory, for a full disk that holds also for root.
final class SmallDisk {
  /// Whether this process may mount one.
  static let isPossible: Bool = {
    guard let disk = try? SmallDisk() else { return false }
    return disk.isMounted
  }()

  let scratch: Scratch
  let isMounted: Bool

  init() throws {
    scratch = try Scratch()
    isMounted = Self.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", scratch.path)
  }

  deinit { if isMounted { _ = Self.run("umount", "-l", scratch.path) } }

  /// Takes what room is left, but for `bytes`.
  func fill(leaving bytes: Int) throws {
    let room =
      try FileManager.default.attributesOfFileSystem(forPath: scratch.path)[.systemFreeSize] as? Int ?? 0
    try Data(count: max(0, room - bytes)).write(to: URL(fileURLWithPath: scratch.file("ballast")))
  }

  private static func run(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
