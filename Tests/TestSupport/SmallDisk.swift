import Foundation

/// A small file system in memory, for a full disk that holds also for root. (Permissions would not do: root ignores
/// them.)
package final class SmallDisk {
  /// Whether this process may mount one: only root may, and not in every container.
  package static let isPossible: Bool = {
    guard let disk = try? SmallDisk() else { return false }
    return disk.isMounted
  }()

  /// Where it is mounted.
  package let scratch: Scratch
  /// The path of that folder.
  package var path: String { scratch.path }
  private let isMounted: Bool

  /// Mounts it, if this process may.
  /// - Parameter kilobytes: its size, in KiB.
  package init(kilobytes: Int = 64) throws {
    scratch = try Scratch()
    isMounted = Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", scratch.path)
  }

  deinit { if isMounted { _ = Self.run("umount", "-l", scratch.path) } }

  /// The bytes that are free.
  package var freeBytes: Int {
    var status = statvfs()
    return statvfs(path, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : 0
  }

  /// Takes what room is left, but for `bytes`.
  package func fill(leaving bytes: Int) throws {
    try Data(count: max(0, freeBytes - bytes)).write(to: URL(fileURLWithPath: scratch.file("ballast")))
  }

  /// Waits until what was removed has left the disk: a process that another test starts at that moment holds
  /// a copy of our open files until it becomes its own program.
  package func awaitRoom(of bytes: Int) {
    let patience = Date() + 20
    while freeBytes < bytes && Date() < patience { usleep(1000) }
  }

  /// Makes it read-only. It is busy as long as a file on it is open for writing, in a process being started too; see
  /// `awaitRoom`.
  /// - Returns: whether it is.
  package func remountReadOnly() -> Bool {
    let patience = Date() + 20
    while !Self.run("mount", "-o", "remount,ro", path) {
      guard Date() < patience else { return false }
      usleep(1000)
    }
    return true
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
