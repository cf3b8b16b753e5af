import Communication
import Foundation

/// Where the ranks of a `ThreadCommunicator` meet: one lock, one condition, and what each rank has put down.
///
/// Buffers are copied in and out, so that no rank ever reads the memory of another that may have failed
/// meanwhile. That is slow and simple: these ranks are for tests.
///
/// `@unchecked`: everything that changes is guarded by `condition`.
final class ThreadHub: @unchecked Sendable {
  let size: Int
  /// The mailboxes of the communicator of all ranks.
  let channel = ThreadChannel()
  // No `Mutex`, as ranks wait for each other: Synchronization has no condition.
  private let condition = NSCondition()
  private var failure: (rank: Int, error: any Error)?
  private var finished: Set<Int> = []
  // Of communicators of the first ranks; who waits there hears of a failure here.
  private var parts: [ThreadHub] = []

  init(size: Int) { self.size = size }

  /// The first error of any rank; nil if there was none.
  var firstError: (any Error)? { condition.withLock { failure?.error } }

  /// Notes that `rank` will make no more calls, with the error that ended it, and wakes all who wait for it.
  func finish(rank: Int, error: (any Error)?) {
    let parts = condition.withLock {
      finished.insert(rank)
      if let error, failure == nil { failure = (rank, error) }
      condition.broadcast()
      return self.parts
    }
    for part in parts { part.finish(rank: rank, error: error) }
  }

  /// Returns when all ranks have finished.
  func waitForAll() {
    condition.withLock { while finished.count < size { condition.wait() } }
  }

  /// Puts down the part of `rank` in collective number `sequence` of `channel`. The last to come combines.
  /// Never waits.
  /// - Throws: `CommunicationError` where the ranks do not make the same call (Note [Collective order]).
  func enter(
    _ channel: ThreadChannel, sequence: Int, rank: Int, call: String, bytes: [UInt8], prefix: Int?,
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
        if let prefix {
          let part = ThreadHub(size: prefix)
          meeting.part = part
          parts.append(part)
        }
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

  /// Puts `bytes` into the mail of `route`. Never waits.
  func post(_ channel: ThreadChannel, _ route: Route, bytes: [UInt8]) {
    condition.withLock {
      channel.mail[route, default: ThreadMail()].nextPosted().bytes = bytes
      condition.broadcast()
    }
  }

  /// The next letter of `route` that nobody has asked for yet, posted or not.
  func expect(_ channel: ThreadChannel, _ route: Route) -> ThreadLetter {
    condition.withLock { channel.mail[route, default: ThreadMail()].nextExpected() }
  }

  /// What `letter` says, once it has come.
  /// - Throws: `CommunicationError` where it never will.
  func arrived(_ letter: ThreadLetter, rank: Int, peer: Int) throws -> [UInt8]? {
    try condition.withLock { try arrivedLocked(letter, rank: rank, peer: peer) }
  }

  /// What `letter` says, waiting for it.
  /// - Throws: `CommunicationError` where it never comes.
  func wait(for letter: ThreadLetter, rank: Int, peer: Int) throws -> [UInt8] {
    try condition.withLock {
      while true {
        if let bytes = try arrivedLocked(letter, rank: rank, peer: peer) { return bytes }
        condition.wait()
      }
    }
  }

  private func arrivedLocked(_ letter: ThreadLetter, rank: Int, peer: Int) throws -> [UInt8]? {
    if let bytes = letter.bytes { return bytes }
    try giveUpIfNeeded(call: "exchange", rank: rank, absent: finished.contains(peer) ? peer : nil)
    return nil
  }
}

/// From which rank to which, and under which tag; nil: blocking exchanges.
struct Route: Hashable {
  let from: Int
  let to: Int
  let tag: Int?

  /// The way back.
  var reversed: Route { Route(from: to, to: from, tag: tag) }
}

/// One message of an exchange. Guarded by its hub.
final class ThreadLetter: @unchecked Sendable {
  /// What it says; nil until it was posted.
  fileprivate var bytes: [UInt8]?
}

/// The letters of one route: senders and receivers meet in the order in which each came.
private struct ThreadMail {
  private var posted = 0
  private var expected = 0
  // Those that only one side has come for.
  private var open: [Int: ThreadLetter] = [:]

  /// The letter that the sender comes with next.
  mutating func nextPosted() -> ThreadLetter {
    defer { posted += 1 }
    return letter(posted)
  }

  /// The letter that the receiver comes for next.
  mutating func nextExpected() -> ThreadLetter {
    defer { expected += 1 }
    return letter(expected)
  }

  /// Letter `number`, for the first of the two sides that comes for it, and then for the other.
  private mutating func letter(_ number: Int) -> ThreadLetter {
    if let known = open.removeValue(forKey: number) { return known }
    let new = ThreadLetter()
    open[number] = new
    return new
  }
}

/// The messages of one communicator, which never meet another's. Guarded by its hub.
final class ThreadChannel: @unchecked Sendable {
  fileprivate var meetings: [Int: ThreadMeeting] = [:]
  fileprivate var mail: [Route: ThreadMail] = [:]
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
  /// The hub that a prefix makes.
  fileprivate(set) var part: ThreadHub?

  fileprivate init(call: String, first: Int) {
    self.call = call
    self.first = first
  }

  /// The bytes of `rank`, once complete.
  func part(of rank: Int) -> [UInt8] { parts[rank] ?? [] }
}
