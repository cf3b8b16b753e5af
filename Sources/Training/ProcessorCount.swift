import CKernels
import Foundation

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
    let count = maskBytes.reduce(0) { $0 + $1.nonzeroBitCount }
    return count > 0 ? count : nil
  }

  /// The affinity mask as text, to tell whether two ranks share it.
  static var mask: String { maskBytes.map { String($0, radix: 16) }.joined(separator: ",") }

  private static var maskBytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = Int(ck_affinity(&bytes, Int32(bytes.count)))
    return Array(bytes.prefix(count))
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
      guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu/\(file)", encoding: .utf8) else {
        return nil
      }
      return Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    guard let quota = number("cpu.cfs_quota_us"), quota > 0, let period = number("cpu.cfs_period_us"),
      period > 0
    else { return nil }
    return quota / period
  }
}
