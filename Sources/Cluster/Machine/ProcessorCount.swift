import CKernels
import Foundation

/// Which processors this process may use.
package enum ProcessorCount {
  /// The number of processors in the affinity mask, or the cgroup's quota of processor time, rounded up,
  /// where that is less.
  package static var available: Int {
    let processors = affinity ?? ProcessInfo.processInfo.activeProcessorCount
    guard let quota = CgroupLimits.own().quota else { return max(1, processors) }
    return max(1, min(processors, Int(quota.processors.rounded(.up))))
  }

  /// The number of processors in the affinity mask; nil where the system has none.
  package static var affinity: Int? { mask.isEmpty ? nil : mask.count }

  /// The numbers of the processors in the affinity mask, ascending; empty where the system has none.
  static var mask: [Int] {
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = max(0, Int(ck_affinity(&bytes, Int32(bytes.count))))
    var processors: [Int] = []
    for index in 0..<count {
      for bit in 0..<8 where bytes[index] >> UInt8(bit) & 1 == 1 { processors.append(8 * index + bit) }
    }
    return processors
  }

  /// How many processors the ranks of this node could have been given: those that the parent process may use,
  /// as a launcher does not bind itself, limited by the cgroup's set and by what Slurm gave the job. At least
  /// as many as in the mask.
  static var reachable: Int {
    let online = (try? String(contentsOfFile: "/sys/devices/system/cpu/online", encoding: .utf8)).map(list)
    var found = Set(online ?? Array(0..<ProcessInfo.processInfo.processorCount))
    let parent = try? String(contentsOfFile: "/proc/\(getppid())/status", encoding: .utf8)
    for line in (parent ?? "").split(separator: "\n") where line.hasPrefix("Cpus_allowed_list:") {
      found.formIntersection(list(String(line.dropFirst("Cpus_allowed_list:".count))))
    }
    if let set = CgroupLimits.own().processors { found.formIntersection(set) }
    let own = mask
    let granted = SlurmCounts.processors(ProcessInfo.processInfo.environment) ?? .max
    return max(own.count, min(found.union(own).count, granted))
  }

  /// The numbers in a list of the kernel's, such as `0-3,8`. Parts that are not of this form give none.
  package static func list(_ text: String) -> [Int] {
    text.split(whereSeparator: { $0 == "," || $0.isWhitespace }).flatMap { part -> [Int] in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, ends.count <= 2, 0 <= first, first <= last,
        last < 1 << 16
      else { return [] }
      return Array(first...last)
    }
  }
}

/// The processors that a process's control groups allow it.
package struct CgroupLimits: Equatable {
  /// A quota of processor time.
  package struct Quota: Codable, Equatable, Sendable {
    /// How many processors' time.
    package var processors: Double
    /// The group that sets the quota; its processes share the time.
    package var group: String

    /// A quota from its parts.
    package init(processors: Double, group: String) {
      self.processors = processors
      self.group = group
    }
  }

  /// The tightest quota of the group and of those around it; nil where none sets one.
  package var quota: Quota?
  /// The numbers of the processors in the group's set; nil where the system does not tell.
  package var processors: [Int]?

  /// What this process's groups allow.
  static func own() -> CgroupLimits {
    CgroupLimits(membership: ControlGroups.ownMembership, root: ControlGroups.systemRoot)
  }

  /// Reads the files of the groups below `root` that `membership` names, a text in the form of
  /// /proc/self/cgroup. A container may see the names of its host's groups; groups that do not exist are
  /// passed over.
  package init(membership: String, root: String) {
    let groups = ControlGroups(membership: membership, root: root)
    for group in groups.unified {
      let words = (ControlGroups.text(group + "/cpu.max") ?? "").split(separator: " ").map(String.init)
      if words.count == 2, let time = Double(words[0]), let period = Double(words[1]) {
        tighten(time, of: period, group)
      }
      if processors == nil, let set = ControlGroups.text(group + "/cpuset.cpus.effective"), !set.isEmpty {
        processors = ProcessorCount.list(set)
      }
    }
    for group in groups.of("cpu") {
      if let time = ControlGroups.number(group + "/cpu.cfs_quota_us"),
        let period = ControlGroups.number(group + "/cpu.cfs_period_us")
      {
        tighten(time, of: period, group)
      }
    }
    for group in groups.of("cpuset") where processors == nil {
      if let set = ControlGroups.text(group + "/cpuset.effective_cpus")
        ?? ControlGroups.text(group + "/cpuset.cpus"), !set.isEmpty
      {
        processors = ProcessorCount.list(set)
      }
    }
  }

  private mutating func tighten(_ time: Double, of period: Double, _ group: String) {
    // -1 is no bound.
    guard time > 0, period > 0, time / period < quota?.processors ?? .infinity else { return }
    quota = Quota(processors: time / period, group: group)
  }
}
