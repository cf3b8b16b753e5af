import Communication

/// How many threads each rank computes with, and how that is told.
struct ThreadShare {
  /// Threads of this rank.
  let threads: Int
  /// One line a node, on rank 0; empty elsewhere.
  let lines: [String]

  /// Settles the threads. Ranks of one node whose affinity masks are the same share the mask's processors; a
  /// rank that has a mask of its own (mpirun bound it) takes all of it. Collective.
  /// - Parameter asked: `--threads`; nil: what this rank may use.
  /// - Throws: `CommunicationError`.
  static func settle(asked: Int?, on communicator: any Communicator) throws -> ThreadShare {
    let host = communicator.hostName
    let mask = ProcessorCount.mask
    let own = "\(host)\t\(mask)\t\(ProcessorCount.available)"
    let all = try communicator.gather(own)
    var counts = ""
    var nodes: [(host: String, ranks: Int, threads: Int, processors: Int)] = []
    if let all {
      var list: [Int] = []
      for text in all {
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
        let sharing = all.filter { $0 == text }.count
        let threads = asked ?? max(1, (Int(parts[2]) ?? 1) / sharing)
        list.append(threads)
        let name = String(parts[0])
        if let index = nodes.firstIndex(where: { $0.host == name }) {
          nodes[index].ranks += 1
          nodes[index].threads += threads
        } else {
          nodes.append((name, 1, threads, Int(parts[2]) ?? 1))
        }
      }
      counts = list.map(String.init).joined(separator: " ")
    }
    counts = try communicator.broadcast(counts)
    let threads = counts.split(separator: " ").compactMap { Int($0) }
    return ThreadShare(
      threads: threads.indices.contains(communicator.rank) ? threads[communicator.rank] : 1,
      lines: nodes.map { "\($0.host): \(words($0.ranks, "rank")), \(words($0.threads, "thread")) in all" })
  }

  private static func words(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
