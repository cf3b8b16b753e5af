import Foundation
import Wording

/// Where one rank runs.
package struct RankPlace: Codable, Equatable {
  /// Its host.
  package var host: String
  /// The numbers of the processors that the rank may use; empty where the system does not tell.
  package var mask: [Int]
  /// The processors of its host that ranks could have been given.
  package var reachable: Int
  /// The quota of the rank's cgroup; nil: it has none.
  package var quota: CgroupLimits.Quota?

  /// A place from its parts.
  package init(host: String, mask: [Int], reachable: Int, quota: CgroupLimits.Quota? = nil) {
    self.host = host
    self.mask = mask
    self.reachable = reachable
    self.quota = quota
  }

  /// This process's place.
  static func own(host: String) -> RankPlace {
    RankPlace(
      host: host, mask: ProcessorCount.mask, reachable: ProcessorCount.reachable,
      quota: CgroupLimits.own().quota)
  }
}

/// How many threads each rank computes with, and what a person is told about it. It depends only on where the
/// ranks run and on what was asked for.
///
/// A rank takes the processors of its affinity mask; processors in several ranks' masks are shared evenly. A
/// cgroup's quota is shared by all ranks of the group, rounded up to whole processors.
package struct ThreadPlan: Equatable {
  /// Threads, in rank order.
  package let threads: [Int]
  /// A line for each node.
  package let lines: [String]
  /// Sentences about what is not as it should be, each with the command that mends it.
  package let warnings: [String]

  /// Plans for `places`, in rank order.
  /// - Parameters:
  ///   - asked: `--threads`; nil: as many as each rank may use.
  ///   - command: the command that started the run.
  package init(_ places: [RankPlace], asked: Int?, command: LaunchCommand) {
    var threads = [Int](repeating: asked ?? 1, count: places.count)
    let hosts = places.map(\.host).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let nodes = hosts.map { host in
      Node(host: host, places: places, ranks: places.indices.filter { places[$0].host == host })
    }
    if asked == nil {
      for node in nodes { for rank in node.ranks { threads[rank] = node.share(of: rank) } }
    }
    self.threads = threads
    lines = nodes.map { $0.line(threads) }
    let fitting = nodes.reduce(0) { $0 + min($1.ranks.count, max(1, $1.capacity / (asked ?? 1))) }
    warnings = Self.saidOnce(
      nodes.compactMap { node in
        node.warning(threads, asked: asked, command: command, fitting: fitting).map { (node.host, $0) }
      })
  }

  /// Sentences about nodes, with their names. A sentence that is the same for several nodes is said once, as
  /// nodes are mostly alike.
  static func saidOnce(_ sentences: [(host: String, sentence: String)]) -> [String] {
    var told: [(sentence: String, hosts: [String])] = []
    for (host, sentence) in sentences {
      if let place = told.firstIndex(where: { $0.sentence == sentence }) {
        told[place].hosts.append(host)
      } else {
        told.append((sentence, [host]))
      }
    }
    return told.map { sentence, hosts in
      let more = hosts.count > 1 ? " and \(counted(hosts.count - 1, "other node"))" : ""
      return "\(hosts[0])\(more): \(sentence)"
    }
  }

  /// The ranks of one node.
  private struct Node {
    let host: String
    let places: [RankPlace]
    let ranks: [Int]

    /// Processors that any of the ranks may use.
    var covered: Int { max(1, Set(ranks.flatMap { places[$0].mask }).count) }
    /// Processors that the ranks could have been given.
    var reachable: Int { max(covered, ranks.map { places[$0].reachable }.max() ?? 1) }

    /// The processor time that cgroups allow the ranks together; nil where no quota limits them.
    var quota: Double? {
      var groups: [String: Double] = [:]
      for rank in ranks {
        guard let quota = places[rank].quota else { return nil }
        groups[quota.group] = quota.processors
      }
      let sum = groups.values.reduce(0, +)
      return sum < Double(reachable) ? sum : nil
    }
    /// `quota` in whole processors.
    private var quotaProcessors: Int { quota.map { max(1, Int($0.rounded(.up))) } ?? .max }
    /// Threads that can run at a time.
    var capacity: Int { min(covered, quotaProcessors) }

    /// How many threads the rank may use.
    func share(of rank: Int) -> Int {
      let own = places[rank]
      var share = 0.0
      for processor in own.mask {
        share += 1 / Double(ranks.filter { places[$0].mask.contains(processor) }.count)
      }
      if own.mask.isEmpty { share = Double(own.reachable) / Double(ranks.count) }
      if let quota = own.quota {
        let sharing = ranks.filter { places[$0].quota?.group == quota.group }.count
        share = min(share, quota.processors.rounded(.up) / Double(sharing))
      }
      // A sum of thirds, in floating point, may be a little less than one.
      return max(1, Int((share + 1e-6).rounded(.down)))
    }

    func line(_ threads: [Int]) -> String {
      let counts = ranks.map { threads[$0] }
      let (low, high) = (counts.min() ?? 1, counts.max() ?? 1)
      let each =
        (low == high ? counted(low, "thread") : "\(low) to \(high) threads")
        + (ranks.count > 1 ? " each" : "")
      let quota = quota.map { "; a cgroup grants the time of \(String(format: "%.3g", $0))" } ?? ""
      return
        "\(host): \(counted(ranks.count, "rank")), \(each), on \(covered) of \(counted(reachable, "processor"))"
        + quota
    }

    /// A sentence about what is wrong, without the host's name, with the command that mends it; nil where all
    /// is well.
    /// - Parameter fitting: how many ranks all nodes together have room for.
    func warning(_ threads: [Int], asked: Int?, command: LaunchCommand, fitting: Int) -> String? {
      let total = ranks.reduce(0) { $0 + threads[$1] }
      let room = min(reachable, quotaProcessors)
      let idle = room - covered
      let who = counted(ranks.count, "rank")
      let isBound = command.form != .program && idle > 0
      // An idle quarter of a node is worth a new start. Where a person gave --threads, processors are not
      // called idle.
      if isBound, asked == nil, 4 * idle >= room {
        return
          "\(who) \(ranks.count == 1 ? "is" : "are") bound to \(covered) of its \(reachable) processors, and the "
          + "others idle; start it with: \(command.unbound(threads: max(1, room / ranks.count)))"
      }
      if isBound, total > covered || isCrowded(threads) {
        return
          "\(counted(total, "thread")) of \(who) \(total == 1 ? "is" : "are") bound to \(covered) of its "
          + "\(reachable) processors, where they wait for each other; start it with: "
          + command.unbound(threads: max(1, room / ranks.count))
      }
      guard total > capacity else {
        guard isCrowded(threads) else { return nil }
        return "several ranks are bound to the same processors while others idle; start it with: "
          + command.unbound(threads: max(1, room / ranks.count))
      }
      let limit = capacity < covered ? " of time that its cgroup grants" : ""
      let mended =
        ranks.count <= capacity
        ? command.with(threads: max(1, capacity / ranks.count))
        : command.with(ranks: fitting, threads: asked.map { min($0, capacity) })
      return
        "\(counted(total, "thread")) of \(who) share \(counted(capacity, "processor"))\(limit), and wait for each "
        + "other; start it with: \(mended)"
    }

    /// Whether the ranks that are bound to some set of processors have more threads than the set has
    /// processors.
    private func isCrowded(_ threads: [Int]) -> Bool {
      ranks.contains { rank in
        let mask = Set(places[rank].mask)
        guard !mask.isEmpty else { return false }
        let inside = ranks.filter { mask.isSuperset(of: places[$0].mask) && !places[$0].mask.isEmpty }
        return inside.reduce(0) { $0 + threads[$1] } > mask.count
      }
    }
  }
}
