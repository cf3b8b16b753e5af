import Configuration
import Foundation

/// What limits one rank's memory.
package struct RankMemory: Codable, Equatable, Sendable {
  /// Its host.
  package var host: String
  /// Bytes of memory that the rank holds now.
  package var resident: Int
  /// Bytes that the processes which started the rank hold: mpirun, a shell.
  package var launchers: Int
  /// All limits of the rank's memory.
  package var bounds: [MemoryBound]

  /// From its parts.
  package init(host: String, resident: Int, launchers: Int = 0, bounds: [MemoryBound]) {
    (self.host, self.resident, self.launchers, self.bounds) = (host, resident, launchers, bounds)
  }
}

/// How much memory each rank takes for decoded pictures, and what a person is told about it. It depends only
/// on the ranks' limits and on what was asked for.
///
/// The tightest bound decides. Half of the memory that it leaves beside the networks' need is shared evenly
/// by the ranks under that bound, and a node takes at most ``most``. The other half is a reserve.
package struct DataMemoryPlan: Equatable {
  /// The most bytes that all ranks of a node together take, where nothing was asked for.
  package static let most = 2 << 30

  /// The pictures that are kept.
  package struct Pictures: Equatable {
    /// How many there are.
    package var count: Int
    /// Bytes that one takes.
    package var bytes: Int

    /// From its parts.
    package init(count: Int, bytes: Int) { (self.count, self.bytes) = (count, bytes) }
  }

  /// Bytes for each rank, in rank order.
  package let bytes: [Int]
  /// One sentence about what was chosen, and why.
  package let line: String
  /// Sentences about what may go wrong, with the hosts' names.
  package let warnings: [String]

  /// Plans for `ranks`, in rank order.
  /// - Parameter asked: `--data-memory`, bytes a node; nil: it was not given.
  package init(_ ranks: [RankMemory], pictures: Pictures, asked: Int?) {
    let hosts = ranks.map(\.host).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let nodes = hosts.map { host in
      Node(host: host, all: ranks, ranks: ranks.indices.filter { ranks[$0].host == host }, asked: asked)
    }
    var bytes = [Int](repeating: 0, count: ranks.count)
    for node in nodes { for rank in node.ranks { bytes[rank] = node.bytes(of: rank) } }
    self.bytes = bytes
    let least = nodes.min { $0.total < $1.total }
    let differ = Set(nodes.map(\.total)).count > 1
    line =
      least.map {
        $0.line(pictures) + (differ ? "; this is \($0.host), the least of \(nodes.count) nodes" : "")
      } ?? ""
    warnings = ThreadPlan.saidOnce(
      nodes.compactMap { node in node.warning(pictures).map { (node.host, $0) } })
  }

  /// A bound, with what the ranks of a node that share it need together.
  private struct Share {
    let bound: MemoryBound
    let members: Int
    /// Bytes that the bound leaves beside what its members need; below 0: it is not enough.
    let room: Int
    /// Bytes that the members are going to need.
    let need: Int
    /// Bytes of pictures that each of them may keep.
    var each: Int { max(0, room / 2 / members) }
  }

  /// The ranks of one node.
  private struct Node {
    let host: String
    let ranks: [Int]
    private let asked: Int?
    /// The tightest bound of each rank, in the order of `ranks`; nil where no bound is known.
    private let tightest: [Share?]

    init(host: String, all: [RankMemory], ranks: [Int], asked: Int?) {
      (self.host, self.ranks, self.asked) = (host, ranks, asked)
      tightest = ranks.map { rank in
        all[rank].bounds.map { bound in
          let holders = ranks.compactMap { member in
            all[member].bounds.first {
              $0.source == bound.source && $0.name == bound.name && $0.holder == bound.holder
            }
            .map { (all[member].resident, $0) }
          }
          let held = holders.reduce(all[rank].launchers) { $0 + $1.0 }
          let need = holders.reduce(0) { $0 + $1.1.need }
          let left = holders.map { $0.1.left ?? $0.1.limit - held }.min() ?? 0
          return Share(bound: bound, members: holders.count, room: left - need, need: need)
        }.min { $0.each < $1.each || $0.each == $1.each && $0.room < $1.room }
      }
    }

    /// Bytes that a rank of the node keeps.
    func bytes(of rank: Int) -> Int {
      if let asked { return asked / ranks.count }
      let share = ranks.firstIndex(of: rank).flatMap { tightest[$0] }
      return min(DataMemoryPlan.most / ranks.count, share?.each ?? .max)
    }
    /// Bytes that the node's ranks keep together.
    var total: Int { ranks.reduce(0) { $0 + bytes(of: $1) } }
    /// The bound with the least room of all ranks' tightest.
    private var scarcest: Share? { tightest.compactMap { $0 }.min { $0.room < $1.room } }

    func line(_ pictures: Pictures) -> String {
      let least = ranks.map(bytes(of:)).min() ?? 0
      guard least >= pictures.bytes else {
        return "no decoded pictures are kept in memory (\(reason(nothing: true)))"
      }
      let all = pictures.count * pictures.bytes
      let kept =
        least >= all
        ? "all of them: \(ByteCount(all * ranks.count).words) a node, of at most \(ByteCount(total).words)"
        : "up to \(ByteCount(total).words) a node"
      return "decoded pictures are kept in memory, \(kept) (\(reason(nothing: false)))"
    }

    private func reason(nothing: Bool) -> String {
      if let asked { return "--data-memory \(ByteCount(asked).words)" }
      guard let share = tightest.compactMap({ $0 }).min(by: { $0.each < $1.each }) else {
        return "the default"
      }
      let source = "of the \(ByteCount(share.bound.limit).words) of \(share.bound.name)"
      if nothing { return "nothing is left for them \(source)" }
      if share.each * ranks.count >= DataMemoryPlan.most {
        return "the default; \(ByteCount(share.room).words) \(source) are left beside the networks"
      }
      return "half of what is left \(source) beside the networks"
    }

    /// A sentence about what may go wrong, without the host's name; nil where all is well.
    func warning(_ pictures: Pictures) -> String? {
      guard let share = scarcest else { return nil }
      let source = "of the \(ByteCount(share.bound.limit).words) of \(share.bound.name)"
      if share.room < 0 {
        // Where address space runs out, OpenBLAS retries for ever.
        let end = share.bound.source == .process ? "stand still or fail" : "be killed"
        return
          "the run needs about \(ByteCount(share.need).words) more, and \(ByteCount(max(0, share.room + share.need)).words) "
          + "\(source) are left, so it may \(end): \(remedy(share)), or take a smaller --batch-size or --width"
      }
      let wanted = ranks.reduce(0) { $0 + min(bytes(of: $1), pictures.count * pictures.bytes) }
      guard let asked, wanted > share.room else { return nil }
      return
        "--data-memory \(ByteCount(asked).words) is more than the \(ByteCount(share.room).words) \(source) that are left "
        + "beside the networks, so the run may be killed as pictures come: give at most \(ByteCount(share.room / 2).words)"
    }

    private func remedy(_ share: Share) -> String {
      switch share.bound.source {
      case .cgroup: return "raise the group's limit"
      case .slurm:
        let megabytes = Int(1.2 * Double(share.bound.limit - share.room)) >> 20
        return "ask Slurm for more, such as --mem=\((megabytes / 50 + 1) * 50)M"
      case .process: return "raise it"
      case .machine: return "take fewer ranks on this node"
      }
    }
  }
}
