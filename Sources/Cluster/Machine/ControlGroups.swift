import Foundation

/// The control groups of a process, of both versions: the folders whose files say what the process may use.
struct ControlGroups {
  /// The groups of the second version, innermost first; each has all controllers.
  let unified: [String]
  private let byController: [String: [String]]

  /// The groups below `root` that `membership` names, a text in the form of /proc/self/cgroup. A container
  /// may see the names of its host's groups, of which it has no files; reading those gives nothing.
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

  /// The groups of a controller of the first version, innermost first.
  func of(_ controller: String) -> [String] { byController[controller] ?? [] }

  /// The contents of /proc/self/cgroup; empty where it cannot be read.
  static var ownMembership: String { text("/proc/self/cgroup") ?? "" }
  /// The folder below which the system shows the groups.
  static let systemRoot = "/sys/fs/cgroup"

  /// The folders of a group and of the groups around it, innermost first.
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
