import Foundation

/// Something that limits the memory of a process.
package struct MemoryBound: Codable, Equatable, Sendable {
  /// What sets it.
  package enum Source: String, Codable, Sendable {
    /// A control group of either version.
    case cgroup
    /// What the job asked Slurm for. Slurm may end the job by its own count, without a control group.
    case slurm
    /// `ulimit -v` or `ulimit -d`: address space, whether or not it takes memory.
    case process
    /// The machine's memory.
    case machine
  }

  /// What sets it.
  package var source: Source
  /// The bound's name, as it stands after "of" in a sentence: the group, Slurm's variable, the shell's
  /// command.
  package var name: String
  /// Who shares the bound: ranks of one host whose holders are equal share it.
  package var holder: String
  /// Bytes that the bound allows.
  package var limit: Int
  /// Bytes of the bound that are free now; nil: to be computed, as the limit less what its ranks and the
  /// processes that started them hold.
  package var left: Int?
  /// Bytes under the bound that this rank is going to need.
  package var need = 0

  /// A bound from its parts.
  package init(
    _ source: Source, _ name: String, holder: String, limit: Int, left: Int? = nil, need: Int = 0
  ) {
    (self.source, self.name, self.holder, self.limit, self.left, self.need) = (
      source, name, holder, limit, left, need
    )
  }
}

/// What limits the memory of this process.
package enum MemoryBounds {
  /// All bounds of this process.
  package static func own() -> [MemoryBound] {
    groups(membership: ControlGroups.ownMembership, root: ControlGroups.systemRoot)
      + slurm(ProcessInfo.processInfo.environment) + process()
      + machine(ControlGroups.numbers("/proc/meminfo"))
  }

  /// Bytes of memory that this process holds now; 0 where the system does not tell.
  package static var resident: Int { (ControlGroups.numbers("/proc/self/status")["VmRSS"] ?? 0) * 1024 }

  /// Bytes held now by the processes that started this one, from the parent up to the first process of
  /// Slurm's: Slurm counts them for the job too.
  package static var launchers: Int {
    var bytes = 0
    var process = Int(getppid())
    while process > 1, ControlGroups.text("/proc/\(process)/comm")?.hasPrefix("slurm") == false {
      let numbers = ControlGroups.numbers("/proc/\(process)/status")
      bytes += (numbers["VmRSS"] ?? 0) * 1024
      process = numbers["PPid"] ?? 0
    }
    return bytes
  }

  // MARK: Control groups

  /// The bounds that control groups set: the process's groups and the groups around them.
  /// - Parameters: as of `CgroupLimits`.
  package static func groups(membership: String, root: String) -> [MemoryBound] {
    let groups = ControlGroups(membership: membership, root: root)
    return groups.unified.compactMap { group in
      // Above memory.high the kernel slows the group down until it hardly moves.
      let limits = ["memory.max", "memory.high"].compactMap { ControlGroups.number("\(group)/\($0)") }
      return bound(group, limits, use: "memory.current", files: ["inactive_file", "active_file"])
    }
      + groups.of("memory").compactMap { group in
        // The tightest limit of the groups around it, including groups that a container does not see.
        let around = ControlGroups.numbers("\(group)/memory.stat")["hierarchical_memory_limit"].map(
          Double.init)
        let limits = [ControlGroups.number("\(group)/memory.limit_in_bytes"), around].compactMap { $0 }
        return bound(
          group, limits, use: "memory.usage_in_bytes", files: ["total_inactive_file", "total_active_file"])
      }
  }

  private static func bound(_ group: String, _ limits: [Double], use: String, files: [String]) -> MemoryBound?
  {
    // The first version writes the largest number of pages where there is no bound.
    guard let limit = limits.min(), limit > 0, limit < Double(1 << 60) else { return nil }
    let counts = ControlGroups.numbers("\(group)/memory.stat")
    // The kernel frees cached pages of files where memory is needed.
    let files = files.reduce(0) { $0 + (counts[$1] ?? 0) }
    let used = Int(ControlGroups.number("\(group)/\(use)") ?? 0)
    return MemoryBound(
      .cgroup, "the cgroup \(group)", holder: group, limit: Int(limit),
      left: Int(limit) - max(0, used - files))
  }

  // MARK: Slurm

  /// The bounds that a job asked for: `--mem`, or `--mem-per-cpu` times the processors that it has on this
  /// node. Empty outside of a job.
  package static func slurm(_ environment: [String: String]) -> [MemoryBound] {
    func number(_ name: String) -> Int? {
      environment[name].flatMap { Int($0.prefix(while: \.isNumber)) }.flatMap { $0 > 0 ? $0 : nil }
    }
    guard let job = environment["SLURM_JOB_ID"] else { return [] }
    func bound(_ name: String, megabytes: Int) -> MemoryBound? {
      let (bytes, overflows) = megabytes.multipliedReportingOverflow(by: 1 << 20)
      return overflows ? nil : MemoryBound(.slurm, name, holder: "job \(job)", limit: bytes)
    }
    var bounds = [number("SLURM_MEM_PER_NODE").flatMap { bound("SLURM_MEM_PER_NODE", megabytes: $0) }]
    // Of several nodes in the second variable, as 4(x2), the first stands for all.
    if let each = number("SLURM_MEM_PER_CPU"),
      let processors = number("SLURM_CPUS_ON_NODE") ?? number("SLURM_JOB_CPUS_PER_NODE")
    {
      let (megabytes, overflows) = each.multipliedReportingOverflow(by: processors)
      bounds.append(overflows ? nil : bound("SLURM_MEM_PER_CPU on \(processors) CPUs", megabytes: megabytes))
    }
    return bounds.compactMap { $0 }
  }

  // MARK: The process and the machine

  private static func process() -> [MemoryBound] {
    let sizes = ControlGroups.numbers("/proc/self/status")
    return [
      (RLIMIT_AS.rawValue, "ulimit -v", "VmSize"), (RLIMIT_DATA.rawValue, "ulimit -d", "VmData"),
    ].compactMap { resource, name, size in
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(resource), &limit) == 0, limit.rlim_cur < 1 << 60 else {
        return nil
      }
      return MemoryBound(
        .process, name, holder: "process \(getpid())", limit: Int(limit.rlim_cur),
        left: Int(limit.rlim_cur) - (sizes[size] ?? 0) * 1024)
    }
  }

  /// The machine's own memory.
  /// - Parameter numbers: the numbers of /proc/meminfo, in KiB.
  package static func machine(_ numbers: [String: Int]) -> [MemoryBound] {
    guard let total = numbers["MemTotal"] else { return [] }
    let free = numbers["MemAvailable"] ?? (numbers["MemFree"] ?? 0) + (numbers["Cached"] ?? 0)
    return [MemoryBound(.machine, "the machine", holder: "machine", limit: total * 1024, left: free * 1024)]
  }
}
