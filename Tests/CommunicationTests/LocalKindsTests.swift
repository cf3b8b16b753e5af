import Communication
import Synchronization
import Testing
import ThreadRanks

@Suite("Communicators of one process")
struct LocalKindsTests {
  @Test("One process alone keeps every promise")
  func singleProcess() throws {
    try checkConformance(SingleProcessCommunicator())
  }

  @Test("Ranks as threads keep every promise", arguments: [1, 2, 3, 4, 8])
  func threads(ranks: Int) throws {
    try ThreadCommunicator.run(ranks: ranks) { try checkConformance($0) }
  }

  @Test("What ranks return comes back in their order")
  func results() throws {
    let results = try ThreadCommunicator.run(ranks: 5) { $0.rank * 10 }
    #expect(results == [0, 10, 20, 30, 40])
  }

  /// What each rank waits in while rank 1 fails.
  enum Wait: CaseIterable, Sendable {
    case allReduce, pending, barrier, broadcast, gather, exchange, duplicate
  }

  private func enter(_ wait: Wait, _ c: ThreadCommunicator) throws {
    var word: UInt64 = 1
    try withUnsafeMutableBytes(of: &word) { buffer in
      switch wait {
      case .allReduce: try c.allReduce(buffer, as: .uint64, .sum)
      case .pending:
        let pending = try c.startAllReduce(buffer, as: .uint64, .sum)
        while try !pending.test() {}
      case .barrier: try c.barrier()
      case .broadcast: try c.broadcast(buffer, from: 1)
      case .gather: _ = try c.gather(.init(buffer), to: 0)
      case .exchange:
        var other: UInt64 = 0
        try withUnsafeMutableBytes(of: &other) { try c.exchange(send: .init(buffer), receive: $0, with: 1) }
      case .duplicate: _ = try c.duplicate()
      }
    }
  }

  @Test("A rank that fails makes the others throw, wherever they wait", arguments: Wait.allCases)
  func failure(wait: Wait) {
    let thrown = ErrorList()
    let error = #expect(throws: Unmet.self) {
      try ThreadCommunicator.run(ranks: 3) { c in
        if c.rank == 1 { throw Unmet(description: "disk full") }
        do {
          try enter(wait, c)
        } catch {
          thrown.append(error)
          throw error
        }
      }
    }
    #expect(error?.description == "disk full")
    let others = thrown.errors.map { ($0 as? CommunicationError)?.description ?? "\($0)" }
    #expect(others.count == 2)
    #expect(others.allSatisfy { $0.contains("rank 1 failed (disk full)") }, "\(others)")
  }

  @Test("A rank that has ended is not waited for", arguments: Wait.allCases)
  func departure(wait: Wait) {
    let error = #expect(throws: CommunicationError.self) {
      try ThreadCommunicator.run(ranks: 2) { c in if c.rank == 0 { try enter(wait, c) } }
    }
    #expect(error?.description.contains("rank 1 has ended") == true, "\(String(describing: error))")
  }

  @Test("Ranks that make different calls are told so")
  func disorder() {
    let error = #expect(throws: CommunicationError.self) {
      try ThreadCommunicator.run(ranks: 2) { c in
        if c.rank == 0 { try c.barrier() } else { _ = try c.allReduce(1.0, .sum) }
      }
    }
    #expect(error?.description.contains("barrier") == true)
    #expect(error?.description.contains("allReduce") == true)
  }
}

/// Errors of several threads.
final class ErrorList: Sendable {
  private let list = Mutex<[any Error]>([])
  func append(_ error: any Error) { list.withLock { $0.append(error) } }
  var errors: [any Error] { list.withLock { $0 } }
}
