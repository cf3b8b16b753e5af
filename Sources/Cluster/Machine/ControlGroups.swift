import Foundation

/// The control groups of a process: the folders whose files say what it may use, of both versions.
struct ControlGroups {
  /// Those of the second version, innermost first; they have all controllers.
  let unified: [String]
  private let byController: [String: [String]]

  /// The groups that `membership` names, in the form of /proc/self/cgroup, below `root`. A container may see names that
  /// are its host's: of what does not exist nothing can be read, up to the root.
  init(membership: String, root: String) {
    var unified: [String] = []
    var byController: [String: [String]] = [:]
    for line in membership.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { continue }
      if parts[1].isEmpty { unified += Self.folders(from: parts[2], below: root) }
      for controller in parts[1].split(separator: ",").map(String.init) {
        byController[controller, default: []] += Self.folders(from: parts[2], below: "\(root)/\(controller)")
      }
    }
    self.unified = unified
    self.byController = byController
  }

  /// Those of a controller of the first version, innermost first.
  func of(_ controller: String) -> [String] { byController[controller] ?? [] }

  /// What /proc tells of this process.
  static var ownMembership: String { text("/proc/self/cgroup") ?? "" }
  /// Where the system has them.
  static let systemRoot = "/sys/fs/cgroup"

  /// The folders of a group and of those around it, innermost first.
  private static func folders(from path: String, below root: String) -> [String] {
    var parts = path.split(separator: "/")
    var folders: [String] = []
    while !parts.isEmpty {
      folders.append(root + "/" + parts.joined(separator: "/"))
      parts.removeLast()
    }
    return folders + [root]
  }

  /// What a file holds, without the blanks around it; nil where it cannot be read.
  static func text(_ path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The number that a file holds; nil where it holds none.
  static func number(_ path: String) -> Double? { text(path).flatMap { Double($0) } }

  /// The numbers of a file whose lines are a name and a number each, by name: `VmRSS: 10 kB`, `inactive_file 10`.
  static func numbers(_ path: String) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for line in (text(path) ?? "").split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count >= 2, let number = Int(words[1]) {
        numbers[words[0].trimmingCharacters(in: [":"])] = number
      }
    }
    return numbers
  }
}
