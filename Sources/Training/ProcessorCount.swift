import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How many threads this process may run at a time.
public enum ProcessorCount {
  /// The processors of the affinity mask, or fewer where a cgroup's quota allows less time than that.
  public static var available: Int {
    let processors = affinity ?? ProcessInfo.processInfo.activeProcessorCount
    guard let quota = cgroupQuota else { return max(1, processors) }
    return max(1, min(processors, Int(quota.rounded(.up))))
  }

  /// Processors in the affinity mask; nil where the system has none.
  public static var affinity: Int? {
    #if os(Linux)
      var set = cpu_set_t()
      guard sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return nil }
      return withUnsafeBytes(of: &set) { $0.reduce(0) { $0 + $1.nonzeroBitCount } }
    #else
      return nil
    #endif
  }

  /// Processors' worth of time that the cgroup grants; nil where it sets no bound.
  static var cgroupQuota: Double? {
    if let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) {
      let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
      if parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]), period > 0 {
        return quota / period
      }
      return nil
    }
    func number(_ file: String) -> Double? {
      guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu/\(file)", encoding: .utf8) else { return nil }
      return Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    guard let quota = number("cpu.cfs_quota_us"), quota > 0, let period = number("cpu.cfs_period_us"), period > 0
    else { return nil }
    return quota / period
  }

  /// Threads for one of `localRanks` ranks that share this node: what its own mask holds if each rank is bound apart,
  /// else an even share.
  public static func threads(localRanks: Int) -> Int {
    let processors = available
    let everywhere = max(processors, ProcessInfo.processInfo.processorCount)
    // A mask smaller than the machine's is this rank's own (mpirun bound it).
    if processors < everywhere, affinity ?? everywhere < everywhere { return processors }
    return max(1, processors / max(1, localRanks))
  }
}
