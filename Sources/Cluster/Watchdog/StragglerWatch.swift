import Foundation

/// Finds ranks that compute more slowly than the others, so that all ranks wait for them.
///
/// A rank's compute time is the time of its step without the time that it waits for other ranks and for
/// pictures. Times are means over intervals of at least `leastSteps` steps and `leastSeconds`, as a single
/// step may be slow by chance. A rank becomes a straggler when its time is more than `excess` above the
/// median over ranks for `intervals` intervals in a row. It has caught up after one interval in which its
/// time is not. After each notice about a rank, the next one needs twice as many intervals, so that a rank
/// that wavers does not fill the log. For an even number of ranks the median is the lower of the two middle
/// times, so that one of two ranks can be a straggler.
package struct StragglerWatch: Equatable, Sendable {
  /// How far a rank's time may be above the median, as a share of the median.
  package static let excess = 0.2
  /// How many slow intervals in a row make a rank a straggler, the first time.
  package static let intervals = 3
  /// The least steps of an interval.
  package static let leastSteps = 10
  /// The least seconds that the slowest rank computes in an interval.
  package static let leastSeconds = 5.0

  /// A change that the log tells.
  package enum Notice: Equatable, Sendable {
    /// A rank has become slow. `seconds` and `median` are per step.
    case slow(rank: Int, seconds: Double, median: Double)
    /// A slow rank is as fast as the others again. `seconds` and `median` are per step.
    case caughtUp(rank: Int, seconds: Double, median: Double)
  }

  /// The interval so far: each rank's compute time in seconds, and the number of steps.
  private var sums: [Double] = []
  private var steps = 0
  private var streaks: [Int: Int] = [:]
  private var needed: [Int: Int] = [:]
  private var slow: Set<Int> = []

  /// A watch that has seen nothing.
  package init() {}

  /// Takes the ranks' mean compute times of a step over the last `steps` steps, in rank order.
  /// - Returns: what has changed, in rank order.
  package mutating func observe(_ seconds: [Double], steps count: Int) -> [Notice] {
    guard seconds.count > 1 else { return [] }
    if sums.count != seconds.count { sums = seconds.map { _ in 0 } }
    for (rank, own) in seconds.enumerated() { sums[rank] += own * Double(count) }
    steps += count
    guard steps >= Self.leastSteps, (sums.max() ?? 0) >= Self.leastSeconds else { return [] }
    defer { (sums, steps) = ([], 0) }
    return judge(sums.map { $0 / Double(steps) })
  }

  private mutating func judge(_ seconds: [Double]) -> [Notice] {
    let median = seconds.sorted()[(seconds.count - 1) / 2]
    var notices: [Notice] = []
    for (rank, own) in seconds.enumerated() {
      guard own > median * (1 + Self.excess) else {
        streaks[rank] = nil
        if slow.remove(rank) != nil {
          notices.append(.caughtUp(rank: rank, seconds: own, median: median))
        }
        continue
      }
      streaks[rank, default: 0] += 1
      let enough = needed[rank] ?? Self.intervals
      if streaks[rank] ?? 0 >= enough, slow.insert(rank).inserted {
        needed[rank] = 2 * enough
        notices.append(.slow(rank: rank, seconds: own, median: median))
      }
    }
    return notices
  }
}

extension StragglerWatch.Notice {
  /// The sentence for the log.
  /// - Parameter hosts: the host of each rank, in rank order.
  package func sentence(hosts: [String]) -> String {
    func milliseconds(_ seconds: Double) -> String { String(format: "%.4g ms", seconds * 1e3) }
    func name(_ rank: Int) -> String {
      hosts.indices.contains(rank) ? "rank \(rank) on \(hosts[rank])" : "rank \(rank)"
    }
    switch self {
    case .slow(let rank, let seconds, let median):
      let others = hosts.indices.filter { $0 != rank && hosts[$0] == hosts[rank] }
      let alone =
        others.isEmpty
        ? ""
        : " (its host also has \(others.count == 1 ? "rank \(others[0])" : "\(others.count) other ranks"))"
      return "\(name(rank)) computes \(milliseconds(seconds)) of a step where the median over ranks is "
        + "\(milliseconds(median)), and all ranks wait for it\(alone): look there for another process (top), fewer "
        + "processors than threads, a CPU that is hot or clocked down, or memory that is swapped"
    case .caughtUp(let rank, let seconds, let median):
      return "\(name(rank)) is no longer slower than the others: \(milliseconds(seconds)) of a step, median "
        + milliseconds(median)
    }
  }
}
