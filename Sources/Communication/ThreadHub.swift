import Foundation

/// Where the ranks of a `ThreadCommunicator` meet: one lock, one condition, and what each rank has put down.
///
/// Buffers are copied in and out, so that no rank ever reads the memory of another that may have failed
/// meanwhile. That is slow and simple: these ranks are for tests.
///
/// `@unchecked`: everything that changes is guarded by `condition`.
final class ThreadHub: @unchecked Sendable {
  let size: Int
  private let condition = NSCondition()
  private var failure: (rank: Int, error: any Error)?
  private var finished: Set<Int> = []

  init(size: Int) { self.size = size }

  /// The first error of any rank; nil if there was none.
  var firstError: (any Error)? { condition.withLock { failure?.error } }

  /// Notes that `rank` will make no more calls, with the error that ended it, and wakes all who wait for it.
  func finish(rank: Int, error: (any Error)?) {
    condition.withLock {
      finished.insert(rank)
      if let error, failure == nil { failure = (rank, error) }
      condition.broadcast()
    }
  }

  /// Returns when all ranks have finished.
  func waitForAll() {
    condition.withLock { while finished.count < size { condition.wait() } }
  }

  /// Puts down the part of `rank` in collective number `sequence` of `channel`. The last to come combines.
  /// Never waits.
  /// - Throws: `CommunicationError` where the ranks do not make the same call (Note [Collective order]).
  func enter(
    _ channel: ThreadChannel, sequence: Int, rank: Int, call: String, bytes: [UInt8],
    combine: ([[UInt8]]) -> [UInt8]
  ) throws -> ThreadMeeting {
    try condition.withLock {
      let meeting =
        channel.meetings[sequence] ?? ThreadMeeting(call: call, first: rank)
      channel.meetings[sequence] = meeting
      guard meeting.call == call else {
        let error = CommunicationError(
          call: call, rank: rank, host: Host.name,
          reason: "rank \(meeting.first) calls \(meeting.call) where rank \(rank) calls \(call)")
        if failure == nil { failure = (rank, error) }
        condition.broadcast()
        throw error
      }
      meeting.parts[rank] = bytes
      if meeting.parts.count == size {
        meeting.result = combine((0..<size).map { meeting.parts[$0] ?? [] })
        // A channel for the case that this meeting is a duplication.
        meeting.offspring = ThreadChannel()
        channel.meetings[sequence] = nil
        condition.broadcast()
      }
      return meeting
    }
  }

  /// Whether all ranks have come to `meeting`.
  /// - Throws: `CommunicationError` where one of them never will.
  func isComplete(_ meeting: ThreadMeeting, rank: Int) throws -> Bool {
    try condition.withLock { try isCompleteLocked(meeting, rank: rank) }
  }

  /// Returns when all ranks have come to `meeting`.
  /// - Throws: `CommunicationError` where one of them never will.
  func wait(for meeting: ThreadMeeting, rank: Int) throws {
    try condition.withLock {
      while try !isCompleteLocked(meeting, rank: rank) { condition.wait() }
    }
  }

  private func isCompleteLocked(_ meeting: ThreadMeeting, rank: Int) throws -> Bool {
    if meeting.result != nil { return true }
    let absent = (0..<size).first { finished.contains($0) && meeting.parts[$0] == nil }
    try giveUpIfNeeded(call: meeting.call, rank: rank, absent: absent)
    return false
  }

  /// Throws where a rank failed, or where `absent`, for which `rank` waits, has ended.
  private func giveUpIfNeeded(call: String, rank: Int, absent: Int?) throws {
    if let failure {
      throw CommunicationError(
        call: call, rank: rank, host: Host.name, reason: "rank \(failure.rank) failed (\(failure.error))")
    }
    if let absent {
      throw CommunicationError(
        call: call, rank: rank, host: Host.name, reason: "rank \(absent) has ended without this call")
    }
  }

  /// Puts `bytes` into the mail from `rank` to `peer`, and takes the oldest of the other direction, waiting
  /// for it.
  /// - Throws: `CommunicationError` where the peer never sends.
  func exchange(_ channel: ThreadChannel, rank: Int, peer: Int, bytes: [UInt8]) throws -> [UInt8] {
    try condition.withLock {
      channel.mail[Route(from: rank, to: peer), default: []].append(bytes)
      condition.broadcast()
      let route = Route(from: peer, to: rank)
      while true {
        if let oldest = channel.mail[route]?.first {
          channel.mail[route]?.removeFirst()
          return oldest
        }
        try giveUpIfNeeded(call: "exchange", rank: rank, absent: finished.contains(peer) ? peer : nil)
        condition.wait()
      }
    }
  }
}

/// From which rank to which.
struct Route: Hashable {
  let from: Int
  let to: Int
}

/// The messages of one communicator, which never meet another's. Guarded by its hub.
final class ThreadChannel: @unchecked Sendable {
  fileprivate var meetings: [Int: ThreadMeeting] = [:]
  fileprivate var mail: [Route: [[UInt8]]] = [:]
}

/// One collective. Guarded by its hub until it is complete, unchanged from then on.
final class ThreadMeeting: @unchecked Sendable {
  fileprivate let call: String
  fileprivate let first: Int
  fileprivate var parts: [Int: [UInt8]] = [:]
  /// What the ranks' parts combine to; nil until all have come.
  fileprivate(set) var result: [UInt8]?
  /// The channel that a duplication makes.
  fileprivate(set) var offspring: ThreadChannel?

  fileprivate init(call: String, first: Int) {
    self.call = call
    self.first = first
  }

  /// The bytes of `rank`, once complete.
  func part(of rank: Int) -> [UInt8] { parts[rank] ?? [] }
}
