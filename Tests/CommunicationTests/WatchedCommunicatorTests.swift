import Communication
import Foundation
import Synchronization
import Testing
import ThreadRanks

@Suite("Watched communicators")
struct WatchedCommunicatorTests {
  @Test("A watched process alone keeps every promise")
  func singleProcess() throws {
    try checkConformance(WatchedCommunicator(SingleProcessCommunicator(), as: "alone"))
  }

  @Test("Watched ranks keep every promise, and wait in nothing afterwards", arguments: [1, 2, 3, 4])
  func threads(ranks: Int) throws {
    try ThreadCommunicator.run(ranks: ranks) { base in
      let watched = WatchedCommunicator(base, as: "all ranks")
      try checkConformance(watched)
      let states = watched.watch.states
      try demand(states.allSatisfy { $0.waitsIn == nil }, "every call that began has ended", on: base)
      try demand((states.first?.entered ?? 0) > 50, "calls were counted", on: base)
      try demand(states.count == 1, "what is gone is not watched any more", on: base)
    }
  }

  @Test("Calls have the same numbers on all ranks")
  func sequences() throws {
    let entered = try ThreadCommunicator.run(ranks: 4) { base in
      let watched = WatchedCommunicator(base, as: "all ranks")
      for _ in 0..<3 { _ = try watched.allReduce(1.0, .sum) }
      let copy = try watched.duplicate(as: "gradients")
      try copy.barrier()
      return watched.watch.states.map { "\($0.label) \($0.entered)" }
    }
    #expect(entered == Array(repeating: ["all ranks 4", "gradients 1"], count: 4))
  }

  /// What rank 0 waits in.
  enum Wait: CaseIterable, Sendable {
    case exchange, allReduce, pending, polled, barrier, broadcast, gather

    /// What it is called, as far as a person has to know it.
    var description: String {
      switch self {
      case .exchange: "exchange of 16 bytes with rank 1"
      case .allReduce, .pending, .polled: "all-reduce of 16 bytes"
      case .barrier: "barrier"
      case .broadcast: "broadcast of 16 bytes from rank 1"
      case .gather: "gather of 16 bytes to rank 0"
      }
    }
  }

  private func enter(_ wait: Wait, _ c: any Communicator) throws {
    var words: [UInt64] = [1, 2]
    var other: [UInt64] = [0, 0]
    try words.withUnsafeMutableBytes { bytes in
      switch wait {
      case .exchange:
        try other.withUnsafeMutableBytes { try c.exchange(send: .init(bytes), receive: $0, with: 1 - c.rank) }
      case .allReduce: try c.allReduce(bytes, as: .uint64, .sum)
      case .pending: try c.startAllReduce(bytes, as: .uint64, .sum).wait()
      case .polled:
        let pending = try c.startAllReduce(bytes, as: .uint64, .sum)
        while try !pending.test() { Thread.sleep(forTimeInterval: 0.001) }
      case .barrier: try c.barrier()
      case .broadcast: try c.broadcast(bytes, from: 1)
      case .gather: _ = try c.gather(.init(bytes), to: 0)
      }
    }
  }

  @Test("A rank that waits is seen to, with call, size, partner and number", arguments: Wait.allCases)
  func waiting(wait: Wait) throws {
    let watches = [CommunicationWatch(), CommunicationWatch()]
    let seen = Mutex<WatchedState?>(nil)
    try ThreadCommunicator.run(ranks: 2) { base in
      let watched = WatchedCommunicator(base, as: "all ranks", watch: watches[base.rank])
      let copy = try watched.duplicate(as: "gradients")
      try copy.barrier()
      if base.rank == 1 {
        // Rank 0 waits for this rank, and so is found waiting sooner or later.
        while seen.withLock({ $0 == nil }) {
          if let state = watches[0].states.last, state.entered == 2, state.waitsIn != nil {
            seen.withLock { $0 = state }
          }
          Thread.sleep(forTimeInterval: 0.001)
        }
      }
      try enter(wait, copy)
    }
    let state = try #require(seen.withLock { $0 })
    #expect(state.label == "gradients")
    #expect(state.waitsIn?.description == wait.description)
    #expect(state.waitsIn?.sequence == 2)
    #expect(watches.allSatisfy { $0.states.allSatisfy { $0.waitsIn == nil } })
  }

  @Test("A call that fails is over")
  func failure() throws {
    let watched = WatchedCommunicator(SingleProcessCommunicator(), as: "alone")
    var word: UInt64 = 0
    #expect(throws: CommunicationError.self) {
      try withUnsafeMutableBytes(of: &word) { _ = try watched.startAllReduce($0, as: .float32, .bitwiseOr) }
    }
    #expect(throws: CommunicationError.self) {
      try withUnsafeMutableBytes(of: &word) { try watched.broadcast($0, from: 3) }
    }
    #expect(watched.watch.states.map(\.waitsIn) == [nil])
    #expect(watched.watch.states.map(\.entered) == [2])
  }
}
