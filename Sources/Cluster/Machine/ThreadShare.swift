import Communication
import Foundation

/// The threads of this rank, and on rank 0 what is said about all ranks.
struct ThreadShare {
  /// Threads of this rank.
  let threads: Int
  /// One line a node, on rank 0; empty elsewhere.
  let lines: [String]
  /// Sentences about what is not as it should be, on rank 0; empty elsewhere.
  let warnings: [String]
  /// The host of each rank, on rank 0; empty elsewhere.
  let hosts: [String]

  /// Settles the threads of all ranks by `ThreadPlan`. Collective.
  /// - Parameter asked: `--threads`; nil: as many as each rank may use.
  /// - Throws: `CommunicationError`.
  static func settle(asked: Int?, on communicator: any Communicator) throws -> ThreadShare {
    let own = RankPlace.own(host: communicator.hostName)
    let text = String(decoding: try JSONEncoder().encode(own), as: UTF8.self)
    var plan: ThreadPlan?
    var hosts: [String] = []
    if let all = try communicator.gather(text) {
      let places = try all.map { try JSONDecoder().decode(RankPlace.self, from: Data($0.utf8)) }
      plan = ThreadPlan(places, asked: asked, command: .current())
      hosts = places.map(\.host)
    }
    let counts = try communicator.broadcast(
      (plan?.threads ?? []).map(String.init).joined(separator: " "))
    let threads = counts.split(separator: " ").compactMap { Int($0) }
    return ThreadShare(
      threads: threads.indices.contains(communicator.rank) ? threads[communicator.rank] : 1,
      lines: plan?.lines ?? [], warnings: plan?.warnings ?? [], hosts: hosts)
  }
}
