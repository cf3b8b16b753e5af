import CKernels
import Foundation

/// Which processors this process may use.
package enum ProcessorCount {
  /// The processors of the affinity mask, or fewer where a cgroup's quota allows less time than that.
  package static var available: Int {
    let processors = affinity ?? ProcessInfo.processInfo.activeProcessorCount
    guard let quota = CgroupLimits.own().quota else { return max(1, processors) }
    return max(1, min(processors, Int(quota.processors.rounded(.up))))
  }

  /// Processors in the affinity mask; nil where the system has none.
  package static var affinity: Int? { mask.isEmpty ? nil : mask.count }

  /// The processors of the affinity mask by number, ascending; empty where the system has none.
  static var mask: [Int] {
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = max(0, Int(ck_affinity(&bytes, Int32(bytes.count))))
    var processors: [Int] = []
    for index in 0..<count {
      for bit in 0..<8 where bytes[index] >> UInt8(bit) & 1 == 1 { processors.append(8 * index + bit) }
    }
    return processors
  }

  /// How many processors the ranks of this node could have been given: those of the process that started this
  /// one, which a launcher does not bind, within the cgroup's and within what Slurm gave the job. Never fewer than
  /// the mask has.
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

  /// The numbers of the kernel's lists, `0-3,8`; what is no such list is none.
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

/// What the control groups of a process allow it.
package struct CgroupLimits: Equatable {
  /// Processors' worth of time.
  package struct Quota: Codable, Equatable, Sendable {
    /// How many.
    package var processors: Double
    /// The group that sets it, whose processes share it.
    package var group: String

    /// A quota from its parts.
    package init(processors: Double, group: String) {
      self.processors = processors
      self.group = group
    }
  }

  /// The tightest quota of the group and those that it lies in; nil where none sets a bound.
  package var quota: Quota?
  /// The processors of its set, by number; nil where the system does not tell.
  package var processors: [Int]?

  /// What this process's groups allow.
  static func own() -> CgroupLimits {
    CgroupLimits(membership: ControlGroups.ownMembership, root: ControlGroups.systemRoot)
  }

  /// Reads the files below `root` of the groups that `membership` names, in the form of /proc/self/cgroup. A
  /// container may see names that are its host's: what does not exist is passed over, up to the root.
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
