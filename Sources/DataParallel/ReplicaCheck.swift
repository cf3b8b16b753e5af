import CKernels
import Communication
import Foundation
import Wording

/// A piece of state that is the same on all ranks: a parameter, an optimizer moment, a running average.
package struct ReplicaBuffer {
  /// What a message calls it (`generator.main.3.weight`).
  package let name: String
  /// Its memory.
  package let bytes: UnsafeRawBufferPointer

  /// Names a buffer, which has to outlive the check.
  package init(name: String, bytes: UnsafeRawBufferPointer) {
    self.name = name
    self.bytes = bytes
  }

  /// Names `count` floats.
  package init(name: String, floats: UnsafePointer<Float>, count: Int) {
    self.init(name: name, bytes: .init(start: floats, count: count * MemoryLayout<Float>.size))
  }
}

/// The hashes of one rank's state, and the numbers by which ranks compare them.
package struct ReplicaDigest: Equatable, Sendable {
  /// Names and hashes, buffer by buffer.
  package let buffers: [(name: String, hash: UInt64)]
  /// One hash for all.
  package let combined: UInt64

  /// Hashes `buffers` in their order.
  package init(_ buffers: [ReplicaBuffer]) {
    self.buffers = buffers.map { ($0.name, ck_hash64($0.bytes.baseAddress, $0.bytes.count, 0)) }
    let hashes = self.buffers.map(\.hash)
    combined = hashes.withUnsafeBytes { ck_hash64($0.baseAddress, $0.count, 1) }
  }

  /// Two words, h and ~h, for a reduction by minimum that happens anyway. The minimum of ~h is ~ of the
  /// maximum of h, so the minima are h and ~h of one h exactly if all ranks have that h.
  package var votes: [UInt64] { [combined, ~combined] }

  /// Whether the minima of all ranks' `votes` say that all agree.
  package static func agree(_ minima: some Sequence<UInt64>) -> Bool {
    let minima = Array(minima)
    return minima.count == 2 && minima[0] == ~minima[1]
  }

  /// Whether names and hashes are the same.
  package static func == (left: ReplicaDigest, right: ReplicaDigest) -> Bool {
    left.combined == right.combined
      && left.buffers.elementsEqual(right.buffers) { $0.name == $1.name && $0.hash == $1.hash }
  }
}

/// Whether the ranks still hold the same state, as every step assumes. A bit that flipped in one rank's
/// memory would otherwise spoil the run silently.
package enum ReplicaCheck {
  /// Compares the ranks' state by one small reduction. Collective.
  /// - Parameters:
  ///   - buffers: this rank's state; the same names in the same order on all ranks.
  ///   - step: the completed step, for the message.
  ///   - communicator: the ranks.
  /// - Throws: `ReplicaError`, the same on all ranks, where they differ; `CommunicationError`.
  package static func verify(
    _ buffers: [ReplicaBuffer], step: Int, on communicator: any Communicator
  ) throws {
    // One rank has nothing to differ from, and hashing is not free.
    guard communicator.size > 1 else { return }
    let digest = ReplicaDigest(buffers)
    var votes = digest.votes
    try communicator.allReduce(&votes, .min)
    guard ReplicaDigest.agree(votes) else { throw try explain(digest, step: step, on: communicator) }
  }

  /// Finds out which ranks and buffers differ, when the reduced votes said that some do. Collective.
  /// - Returns: the error to throw, the same on all ranks.
  /// - Throws: `CommunicationError`.
  package static func explain(
    _ digest: ReplicaDigest, step: Int, on communicator: any Communicator
  ) throws -> ReplicaError {
    let hashes = digest.buffers.map(\.hash)
    let parts = try hashes.withUnsafeBytes { try communicator.gather($0, to: 0) }
    let hosts = try communicator.gather(communicator.hostName)
    var sentence = ""
    if let parts, let hosts {
      let table = parts.map { part in part.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) } }
      sentence = describe(table, names: digest.buffers.map(\.name), hosts: hosts, step: step)
    }
    return ReplicaError(description: try communicator.broadcast(sentence))
  }

  /// Says which ranks differ in which buffers. The value that most ranks have is taken to be right; in a
  /// tie, the value of the lowest rank.
  private static func describe(_ table: [[UInt64]], names: [String], hosts: [String], step: Int) -> String {
    var ranksOf: [(name: String, ranks: [Int])] = []
    for (index, name) in names.enumerated() {
      let column = table.map { index < $0.count ? $0[index] : nil }
      let counts = Dictionary(grouping: column.indices) { column[$0] }
      let right = counts.max {
        ($0.value.count, -($0.value.first ?? 0)) < ($1.value.count, -($1.value.first ?? 0))
      }
      let wrong = column.indices.filter { column[$0] != right?.key }
      if !wrong.isEmpty { ranksOf.append((name, wrong)) }
    }
    let ranks = Set(ranksOf.flatMap(\.ranks)).sorted()
    let who = firstFew(ranks.map { "rank \($0) (host \(hosts[$0]))" })
    let what = firstFew(
      ranksOf.map { $0.ranks == ranks ? $0.name : "\($0.name) on \(firstFew($0.ranks.map { "rank \($0)" }))" }
    )
    let others = table.count - ranks.count
    let rest = others == 1 ? "the other rank has" : "the other \(others) ranks have"
    return "The replicas differ after step \(step): on \(who), \(what) "
      + "\(ranksOf.count == 1 ? "is" : "are") not what \(rest); "
      + "a memory fault is likely there, and the run must not go on from this state."
  }
}

/// Ranks whose state is no longer the same.
package struct ReplicaError: Error, CustomStringConvertible, Sendable {
  /// One sentence: step, ranks, hosts and buffers.
  package let description: String
}
